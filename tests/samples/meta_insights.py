"""Meta Business Suite's insights: English, Chinese, UTF-16, by day, and what Pages had before."""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.samples.archives import said
from tests.samples.base import Sample, write_table

__all__ = ["VARIANTS", "write"]

_HEADERS = {
    "instagram": (
        "Post ID", "Account ID", "Account username", "Account name", "Description",
        "Duration (sec)", "Publish time", "Permalink", "Post type", "Data comment", "Date",
        "Views", "Likes", "Shares", "Comments", "Saves", "Reach", "Follows",
    ),
    "facebook": (
        "Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)",
        "Publish time", "Caption type", "Permalink", "Is crosspost", "Is share", "Post type",
        "Languages", "Custom labels", "Funded content status", "Data comment", "Date",
        "Impressions", "Reach", "Reactions, Comments and Shares", "Reactions", "Comments",
        "Shares", "Total clicks", "Other Clicks", "Link Clicks",
    ),
    "Chinese": (
        "帖子编号", "账户编号", "账户用户名", "账户名称", "说明", "时长（秒）", "发布时间", "永久链接",
        "帖子类型", "数据备注", "日期", "浏览次数", "赞", "分享次数", "评论", "收藏次数", "覆盖人数", "关注",
    ),
}  # fmt: skip
_FIELD = {
    "Post ID": "post_id", "帖子编号": "post_id", "Publish time": "time", "发布时间": "time",
    "Permalink": "url", "永久链接": "url", "Post type": "type", "帖子类型": "type",
    "Description": "text", "说明": "text", "Date": "day", "日期": "day", "Views": "impressions",
    "Impressions": "impressions", "浏览次数": "impressions", "Likes": "likes",
    "Reactions": "likes", "赞": "likes", "Shares": "shares", "分享次数": "shares",
    "Comments": "comments", "评论": "comments", "Saves": "saves", "收藏次数": "saves",
    "Reach": "reach", "覆盖人数": "reach", "Total clicks": "clicks",
}  # fmt: skip
_TYPES = {
    "instagram": (("IG image", "photo"), ("IG carousel", "album"), ("IG reel", "reel")),
    "facebook": (("Photos", "photo"), ("Text", "post"), ("Videos", "video"), ("Links", "link")),
    "Chinese": (("IG 图片", "photo"), ("IG 轮播", "album"), ("IG 快拍", "story")),
}
VARIANTS = ("instagram", "facebook", "Chinese", "UTF-16", "by day", "old Page export")


def write(folder: Path, variant: str, seed: int, rows: int) -> Sample:
    """Write an export."""
    random = Random(f"{variant}{seed}")
    if variant == "old Page export":
        return _old(folder / "insights.csv", random, rows)
    base = {"UTF-16": "instagram", "by day": "facebook"}.get(variant, variant)
    header = _HEADERS[base]
    table, records, aside = [], [], 0
    for number in range(rows):
        record = _record(random, base, number)
        cells = _cells(record, random, base)
        daily = variant == "by day" and number % 2 == 1
        cells["day"] = "03/14/2026" if daily else "Lifetime"
        table.append([cells.get(_FIELD.get(name, ""), "") for name in header])
        aside += daily
        if not daily:
            records.append(record)
    encoding = "utf-16" if variant == "UTF-16" else "utf-8-sig"
    path = write_table(folder / "Mar-01-2026.csv", header, table, encoding=encoding)
    return Sample(path, {"posts": records}, {"one_day": aside} if aside else {})


def _record(random: Random, base: str, number: int) -> dict[str, Any]:
    time = datetime(2026, 3, 1, 6, 8, tzinfo=UTC) + timedelta(days=number, minutes=number)
    site = "facebook" if base == "facebook" else "instagram"
    return {
        "post_id": str(18_010_000_000 + number),
        "time": time,
        "platform": site,
        "type": None,
        "text": said(random),
        "url": f"https://www.{site}.com/p/C{number}/",
        "impressions": random.randrange(50_000),
        "reach": random.randrange(20_000),
        "likes": random.randrange(900),
        "comments": random.randrange(90),
        "shares": random.randrange(50),
        "saves": None if base == "facebook" else random.randrange(50),
        "clicks": random.randrange(3000) if base == "facebook" else None,
    }


def _cells(record: dict[str, Any], random: Random, base: str) -> dict[str, Any]:
    cells = {name: "" if value is None else str(value) for name, value in record.items()}
    cells["type"], record["type"] = random.choice(_TYPES[base])
    cells["time"] = f"{record['time']:%m/%d/%Y %H:%M}"
    if record["impressions"] % 2:
        cells["impressions"] = f"{record['impressions']:,}"
    return cells


def _old(path: Path, random: Random, rows: int) -> Sample:
    """Write what Pages exported before: a line of explanations beneath the header."""
    header = ("Post ID", "Permalink", "Post Message", "Type", "Countries", "Languages", "Posted",
              "Audience Targeting", "Lifetime Post Total Reach",
              "Lifetime Post Total Impressions", "Lifetime Engaged Users")  # fmt: skip
    explained = ["", "", "", "", "", "", "", "",
                 "Lifetime: The total number of people your Page post was served to.",
                 "Lifetime: The number of impressions of your Page post.", ""]  # fmt: skip
    table: list[list[object]] = [list(explained)]
    records = []
    for number in range(rows):
        time = datetime(2019, 1, 14, 9, 5, tzinfo=UTC) + timedelta(days=number)
        url = f"https://www.facebook.com/cafe/posts/{number}"
        text, reach, shown = said(random), random.randrange(9000), random.randrange(20_000)
        table.append(
            [f"117_{number}", url, text, "Photo", "", "", f"{time:%m/%d/%Y %I:%M:%S %p}", "",
             reach, shown, 5]
        )  # fmt: skip
        records.append(
            {"post_id": f"117_{number}", "time": time, "platform": "facebook", "type": "photo",
             "text": text, "url": url, "impressions": shown, "reach": reach, "likes": None}
        )  # fmt: skip
    return Sample(write_table(path, header, table), {"posts": records}, {"missing_post": 1})
