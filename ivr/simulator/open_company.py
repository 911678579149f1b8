"""A company that is open to the public: it answers on the network and puts telephones into hands."""

from collections.abc import Iterator
from contextlib import contextmanager

from ivr.simulator.company import Company
from ivr.simulator.handset import Handset
from ivr.simulator.server import serve_in_thread


class OpenCompany(Company):
    """A telephone company with its web side and with telephones for tests."""

    def handset(self, number: str) -> Handset:
        """Return the telephone of somebody; an empty or odd number is a withheld one."""
        return Handset(self, number)

    @contextmanager
    def serving(self, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
        """Serve REST, handsets and the web phone in a thread, and give the address."""
        with serve_in_thread(self, host, port) as base_url:
            self.desk.base_url = base_url
            yield base_url
        self.close()
