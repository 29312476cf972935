import json, pytest
from exchange.geo import distances
from exchange.bron import store
from exchange.standard import Soort
from tests.factories import *
from exchange.geo.models import Postcode
@pytest.mark.parametrize("n",[1,2])
@pytest.mark.django_db(transaction=True)
def test_x(n):
    print("COUNT", Postcode.objects.count())
    g=een_gemeente()
    distances.forget()
    print(store.replace(g, Soort.WERKZOEKENDEN, iter([een_werkzoekende()])))
