"""What is found behind links, over real HTTP, and what is never asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from internet import OTHER, PUBLIC, Internet

from bot.judging.facts import network as wire
from bot.judging.facts.visit import CutShort, look_at_link, visit

ATTACKS = """
    http://127.0.0.1/ http://169.254.169.254/latest/meta-data/ http://[::1]/ http://[::ffff:127.0.0.1]/ http://[::]/
    http://2130706433/ http://0x7f.1/ http://0177.0.0.1/ http://127.1/ http://localhost/ http://10.0.0.1:80/
    http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fe80::1]/ http://224.0.0.1/ http://0.0.0.0/
    http://user@127.0.0.1/ http://127.0.0.1:6379/ gopher://127.0.0.1/
""".split()  # noqa: SIM905 -- a list would take a page
PRIVATE_NAMES: dict[str, Sequence[str]] = {
    "loopback.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mixed.example": [PUBLIC, "10.0.0.1"],  # one public address does not make the others harmless
    "six.example": ["::1"],
    "mapped.example": ["::ffff:192.168.0.1"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "tunnel.example": ["2002:a00:1::1"],
}


@pytest.mark.parametrize("address", ATTACKS)
@pytest.mark.fault(27)
def test_no_packet_to_a_private_host(net: Internet, address: str) -> None:
    state = look_at_link(net.network(), address)
    assert (state.alive, state.status) == (None, None)
    assert net.looked_up == []


@pytest.mark.parametrize("host", PRIVATE_NAMES)
@pytest.mark.fault(27)
def test_no_packet_where_a_name_leads_home(net: Internet, host: str) -> None:
    net.names.update(PRIVATE_NAMES)
    state = look_at_link(net.network(), f"https://{host}/x")
    assert state.reason == "it leads into a private network"


@pytest.mark.parametrize("onward", [*ATTACKS, "http://metadata.example/", "//127.0.0.1/", "http://[bad"])
@pytest.mark.fault(27)
def test_no_packet_after_a_redirect_home(net: Internet, onward: str) -> None:
    net.names.update(PRIVATE_NAMES)
    address = net.page("http://good.example/a", status=302, headers={"Location": onward})
    state = look_at_link(net.network(), address)
    assert state.alive is None
    assert net.asked == ["HEAD good.example/a"]


@pytest.mark.fault(27)
def test_a_name_that_changes_its_answer_is_not_asked_again(net: Internet) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    net.page("http://rebind.example/")
    state = look_at_link(net.network(resolve=lambda host, port: next(answers)), "http://rebind.example/")
    assert state.alive is True, "the checked address is the one that was asked"
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    net.page("http://rebind.example/", status=302, headers={"Location": "/again"})
    state = look_at_link(net.network(resolve=lambda host, port: next(answers)), "http://rebind.example/")
    assert state.reason == "it leads into a private network", "each hop is looked up and checked"


def test_the_trap_would_have_caught_it(trapped: tuple[Internet, Callable[[], int]]) -> None:
    """With the guard out of the way the same attack arrives, so the tests above prove something."""
    net, caught = trapped
    net.names["loopback.example"] = ["127.0.0.1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "is_public", lambda address: True)
        look_at_link(net.network(), "http://loopback.example/")
    assert caught() == 1


def test_what_lives_is_asked_once_with_head(net: Internet) -> None:
    state = look_at_link(net.network(), net.page("http://good.example/a?b=1"))
    assert (state.alive, state.status, state.lands_on) == (True, 200, None)
    assert net.asked == ["HEAD good.example/a?b=1"]


@pytest.mark.parametrize(
    ("status", "alive"), [(404, False), (410, False), (403, None), (401, None), (429, None), (500, None), (503, None)]
)  # fmt: skip
def test_only_what_is_surely_gone_is_dead(net: Internet, status: int, alive: bool | None) -> None:
    state = look_at_link(net.network(), net.page("http://good.example/a", status=status))
    assert (state.alive, state.status) == (alive, status)
    assert state.reason


@pytest.mark.parametrize("head", [404, 405, 403, 501])
def test_where_head_is_refused_get_decides(net: Internet, head: int) -> None:
    state = look_at_link(net.network(), net.page("http://good.example/a", head=head))
    assert state.alive is True
    assert net.asked == ["HEAD good.example/a", "GET good.example/a"]


def test_names_that_are_gone_and_names_that_cannot_be_looked_up(net: Internet) -> None:
    net.names["later.example"] = socket.gaierror(socket.EAI_AGAIN, "try again")
    assert look_at_link(net.network(), "http://gone.example/").alive is False
    assert look_at_link(net.network(), "http://later.example/").alive is None


def test_a_machine_without_a_network_calls_nothing_dead(net: Internet) -> None:
    net.names.clear()
    assert look_at_link(net.network(), "http://gone.example/").reason == "its name could not be looked up"


def test_redirects_are_followed_to_their_end(net: Internet) -> None:
    net.names["far.example"] = [OTHER]
    net.page("http://far.example/end")
    net.page("http://good.example/b", status=301, headers={"Location": "http://far.example/end"})
    state = look_at_link(
        net.network(), net.page("http://good.example/a", status=307, headers={"Location": "b"})
    )
    assert (state.alive, state.lands_on) == (True, "http://far.example/end")


def test_a_circle_ends(net: Internet) -> None:
    address = net.page("http://good.example/a", status=302, headers={"Location": "/a"})
    state = look_at_link(net.network(), address)
    assert (state.alive, state.reason) == (None, "it leads on too often")
    assert len(net.asked) == 6


def test_a_server_that_refuses_connections_is_unknown(net: Internet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        net.servers[OTHER] = closed.getsockname()
    net.names["closed.example"] = [OTHER]
    assert look_at_link(net.network(), "http://closed.example/").alive is None


@contextmanager
def dripping(first: bytes) -> Iterator[tuple[str, int]]:
    """A server that says something and then sends a byte now and then, for ever."""
    stop = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            try:
                connection.sendall(first)
                while not stop.wait(0.05):
                    connection.sendall(b"x")
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[:2]
    finally:
        stop.set()
        listening.close()


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_at_the_deadline_and_not_asked_again(net: Internet, first: bytes) -> None:
    with dripping(first) as server:
        net.servers[OTHER] = server
        net.names["drip.example"] = [OTHER]
        network, started = net.network(patience=0.4), time.monotonic()
        with pytest.raises(CutShort, match="in time"):
            visit(network, "http://drip.example/", seconds=0.5, most_bytes=1000_000)
        with pytest.raises(CutShort, match="a moment ago"):
            visit(network, "http://drip.example/other", seconds=10)
        assert time.monotonic() - started < 3


def test_a_host_that_had_no_time_is_not_called_silent(net: Internet) -> None:
    network, address = net.network(), net.page("http://good.example/")
    with pytest.raises(CutShort, match="in time"):
        visit(network, address, seconds=0)
    assert look_at_link(network, address).alive is True


@given(st.one_of(st.text(), st.text().map("http://{}".format), st.text().map("https://a.example/{}".format)))
def test_whatever_stands_in_a_post_gives_a_state(address: str) -> None:
    def nobody(host: str, port: int) -> list[str]:
        host.encode("idna")
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert look_at_link(wire.Network(resolve=nobody), address).alive is not True


@pytest.mark.parametrize(
    "onward", ["http://" + "a" * 70 + ".example/", "http://a..example/", "\u00ff\u00fe", "//"]
)
def test_odd_redirects_give_a_state(net: Internet, onward: str) -> None:
    address = net.page("http://good.example/a", status=302, headers={"Location": onward})
    network = net.network(resolve=lambda host, port: host.encode("idna") and net.resolve(host, port))
    assert look_at_link(network, address).alive is not True


@pytest.mark.fault(28)
def test_bodies_are_capped_and_nothing_packed_is_opened(net: Internet) -> None:
    network = net.network()
    fits = net.page("http://good.example/fits", body=b"x" * 1000)
    assert visit(network, fits, seconds=5, most_bytes=1000).answer.body == b"x" * 1000
    large = net.page("http://good.example/large", body=b"x" * 1001)
    with pytest.raises(CutShort, match="too large"):
        visit(network, large, seconds=5, most_bytes=1000)
    lying = net.page("http://good.example/lying", headers={"Content-Length": "9999999999"})
    with pytest.raises(CutShort, match="too large"):
        visit(network, lying, seconds=5, most_bytes=1000)
    bomb = net.page("http://good.example/bomb", headers={"Content-Encoding": "gzip"})
    with pytest.raises(CutShort, match="packed"):
        visit(network, bomb, seconds=5, most_bytes=1000)


def test_no_proxy_of_the_environment_is_asked(net: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert look_at_link(net.network(), net.page("http://good.example/")).alive is True
