"""Which rules go before which: what has to be there before something else can rest on it."""

from collections.abc import Iterable

# CI runs tests that exist, and a lock file holds what is declared.
AFTER = {
    **dict.fromkeys(("TST102", "TST103", "TST104", "TST105", "TST201", "HON102"), "TST101"),
    "TST202": "TST201",
    "ENV102": "ENV101",
    "ENV104": "ENV101",
    "DOC112": "DOC101",
}


def in_order(codes: Iterable[str]) -> list[str]:
    """Codes in their order, but for those that another one rests on: they go before it."""
    wanted = dict.fromkeys(codes)
    ordered = dict[str, None]()
    for code in wanted:
        chain = [code]
        while AFTER.get(chain[-1]) in wanted:
            chain.append(AFTER[chain[-1]])
        ordered.update(dict.fromkeys(reversed(chain)))
    return list(ordered)
