"""Holds the errors of the contracts, and the exceptions that lead to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VumFout:
    """An error of the contracts: HTTP status, code and message."""

    status: int
    code: str
    message: str

    def body(self, details: str = "") -> dict[str, str]:
        """Gives the contract's `Error`; `details` is cut at the contract's 2,000 characters."""
        body = {"code": self.code, "message": self.message}
        return {**body, "details": details[:2000]} if details else body

    def with_status(self, status: int) -> "VumFout":
        """Gives the same error under a status that the contracts do not name, such as 404."""
        return VumFout(status, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Fouten:
    """The errors that a version knows."""

    ongeldig: VumFout
    onvolledig: VumFout
    limiet: VumFout
    intern: VumFout
    niet_beschikbaar: VumFout

    def by_status(self) -> dict[int, tuple[str, tuple[str, ...]]]:
        """Gives per status its meaning and the codes that an `Error` then carries; 401 has no body."""
        both = (self.ongeldig.code, self.onvolledig.code)
        return {
            self.ongeldig.status: ("Ongeldige of onvolledige aanroep", both),
            401: ("Niet geautoriseerd", ()),
            **{
                fout.status: (fout.message, (fout.code,))
                for fout in (self.limiet, self.intern, self.niet_beschikbaar)
            },
        }


FOUTEN = Fouten(
    ongeldig=VumFout(400, "400.01", "Ongeldige aanroep"),
    onvolledig=VumFout(400, "400.02", "Onvolledige aanroep"),
    limiet=VumFout(429, "429.01", "Limiet overschreden"),
    intern=VumFout(500, "500.1", "Interne serverfout"),
    niet_beschikbaar=VumFout(503, "500.3", "Service niet beschikbaar"),
)


class Afgewezen(Exception):
    """The call gets this error of the contract; `details` never repeats what was sent."""

    def __init__(self, fout: VumFout, details: str = "") -> None:
        super().__init__(fout.code)
        self.fout = fout
        self.details = details


class NietGeautoriseerd(Exception):
    """The caller is not authorised: 401, without a body."""
