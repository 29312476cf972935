"""Defines the signal that this room sends to others."""

from django.dispatch import Signal

#: The table of postcodes was replaced. Sent with `sender=Postcode`, after the replacement was committed and :
#: when `exchange.geo.distances` answers from the new table in this process. A receiver can then compute again
#: : what was saved with `resolve()`. A receiver may be called twice, because the command is run again when
#: one : fails. It may return a Dutch sentence that says what it did, which `load_postcodes` shows.
postcodes_replaced = Signal()
