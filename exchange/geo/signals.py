"""What this room tells others."""

from django.dispatch import Signal

#: The table of postcodes was replaced. Sent with `sender=Postcode`, after the replacement was committed and
#: when `exchange.geo.distances` answers from the new table in this process; what was saved with `resolve()`
#: can be computed again here. A receiver must bear being called twice: whoever sees one fail runs the command
#: again. It may return a Dutch sentence that says what it did, which `load_postcodes` shows.
postcodes_replaced = Signal()
