"""Rows of the fault matrix: the place, the environment, the tools."""

from __future__ import annotations

from .deployment import (
    ROUTE,
    answer,
    by_path,
)
from .row import CURL_AND_WGET, CURL_AND_WGETS, KEEPS, Row
from .scenes import (
    as_a_proxy,
    broken_curl,
    config_files_did_nothing,
    config_files_of_the_user,
    directory_at_the_path,
    foreign_values,
    link_to_a_directory_without_mv_t,
    link_was_replaced,
    links_to_a_directory,
    links_to_a_file,
    only_our_token_was_sent,
)
from .workspace import TOKEN

ROWS = [
    # ---- where the file goes
    Row(
        "a symlink to a file planted", lambda pem: answer(200, pem.ca), prepare=links_to_a_file, check=link_was_replaced
    ),
    Row(
        "a symlink to a directory planted",
        lambda pem: answer(200, pem.ca),
        prepare=links_to_a_directory,
        check=link_was_replaced,
    ),
    Row(
        "a symlink to a directory planted, and an mv without -T",
        lambda pem: answer(200, pem.ca),
        prepare=link_to_a_directory_without_mv_t,
        check=link_was_replaced,
    ),
    Row(
        "a directory at the path",
        lambda pem: answer(200, pem.ca),
        status=1,
        file="none",
        old=False,
        prepare=directory_at_the_path,
        says=("is a directory: remove it",),
        requests=0,
    ),
    # ---- values and environment
    Row(
        "foreign values in the environment",
        lambda pem: answer(200, pem.ca),
        prepare=foreign_values,
        check=only_our_token_was_sent,
        downloaders=CURL_AND_WGET,
    ),
    Row(
        "configuration files of curl and wget",
        lambda pem: answer(200, pem.ca),
        prepare=config_files_of_the_user,
        check=config_files_did_nothing,
        downloaders=CURL_AND_WGET,
        requests=1,
    ),
    Row(
        "an HTTP proxy in the environment",
        lambda pem: by_path({"http://coder.invalid" + ROUTE: answer(200, pem.ca)}),
        prepare=as_a_proxy,
        downloaders=CURL_AND_WGETS,
    ),
    Row(
        "no token",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"SESSION_TOKEN": ""},
        says=("no session token", "check that the template", KEEPS),
        requests=0,
    ),
    Row(
        "no token while prebuilt",
        lambda _: answer(500),
        file="kept",
        old=True,
        values={"SESSION_TOKEN": "", "IS_PREBUILD": "true"},
        says=("will run after the claim",),
        requests=0,
    ),
    Row("a token while prebuilt", lambda pem: answer(200, pem.ca), values={"IS_PREBUILD": "true"}),
    Row(
        "a token of two lines",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"SESSION_TOKEN": f"{TOKEN}\r\nX-Evil: 1"},
        says=("the session token holds characters",),
        requests=0,
    ),
    *(
        Row(
            f"the access URL {url!r}",
            lambda _: answer(500),
            status=1,
            file="kept",
            values={"ACCESS_URL": url},
            says=("the access URL of the Coder deployment", "CODER_ACCESS_URL"),
            requests=0,
        )
        for url in ("", "coder.example.com", "file:///etc/passwd", "--config=/etc/passwd", "http://", "http://a\nb")
    ),
    Row(
        "a space in the access URL",
        lambda _: answer(500),
        status=1,
        file="kept",
        values={"ACCESS_URL": "http://127.0.0.1 :80"},
        says=("could not connect to http://127.0.0.1 :80",),
        requests=0,
    ),
    # ---- tools
    Row(
        "neither curl nor wget",
        lambda _: answer(500),
        status=1,
        file="kept",
        says=("neither curl nor wget was found: install curl", KEEPS),
        downloaders=("none",),
        requests=0,
    ),
    Row(
        "a curl that does not run",
        lambda _: answer(500),
        status=1,
        file="kept",
        prepare=broken_curl,
        says=("curl cannot be run",),
        requests=0,
    ),
    # ---- startup coordination
    Row("no coder CLI", lambda pem: answer(200, pem.ca), coder="missing", calls=()),
    Row("a coder CLI without exp sync", lambda pem: answer(200, pem.ca), coder="fails"),
    Row("a coder CLI that hangs", lambda pem: answer(200, pem.ca), coder="hangs"),
    Row("no unit", lambda pem: answer(200, pem.ca), values={"SYNC_UNIT": ""}, calls=()),
]
