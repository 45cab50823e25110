"""Posts with their figures, as Meta Business Suite exports them for Facebook and Instagram."""

# ruff: noqa: E501  (a Chinese character counts as two)

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from habitue.collect.base import Raw, Rejection, Source
from habitue.collect.export import ExportFormat, Part
from habitue.collect.headers import Header
from habitue.collect.kinds import COUNTS
from habitue.collect.social import Cells, rows_of

__all__ = ["MetaInsights"]

#: What the columns are called in English, Chinese (both scripts), German, French and Spanish.
_NAMES: dict[str, tuple[str, ...]] = {
    "post_id": ("Post ID", "Video asset ID", "帖子编号", "贴文编号", "贴文 ID", "帖子 ID", "貼文編號",
                "Beitrags-ID", "ID de la publication", "Identificador de la publicación"),
    "time": ("Publish time", "Posted", "发布时间", "發佈時間", "Veröffentlichungszeit",
             "Heure de publication", "Hora de publicación"),
    "url": ("Permalink", "永久链接", "固定链接", "永久連結", "Permanenter Link", "Permalien",
            "Enlace permanente"),
    "type": ("Post type", "Type", "帖子类型", "贴文类型", "貼文類型", "Beitragsart",
             "Type de publication", "Tipo de publicación"),
    "text": ("Description", "Title", "Post Message", "说明", "描述", "标题", "說明", "標題",
             "Beschreibung", "Titel", "Titre", "Descripción", "Título"),
    "impressions": ("Views", "Impressions", "Lifetime Post Total Impressions", "浏览次数", "浏览量",
                    "观看次数", "展示次数", "瀏覽次數", "曝光次數", "Aufrufe", "Impressionen", "Vues",
                    "Visualizaciones", "Impresiones"),
    "reach": ("Reach", "Lifetime Post Total Reach", "覆盖人数", "触达人数", "触及人数", "觸及人數",
              "Reichweite", "Couverture", "Alcance"),
    "likes": ("Likes", "Reactions", "赞", "点赞", "点赞数", "心情", "心情数", "按讚數", "心情數",
              "„Gefällt mir“-Angaben", "Reaktionen", "J’aime", "Réactions", "Me gusta",
              "Reacciones"),
    "comments": ("Comments", "评论", "评论数", "留言", "留言數", "Kommentare", "Commentaires",
                 "Comentarios"),
    "shares": ("Shares", "分享", "分享次数", "分享次數", "Geteilte Inhalte", "Partages",
               "Veces que se compartió"),
    "saves": ("Saves", "收藏", "收藏次数", "收藏次數", "儲存次數", "Gespeichert", "Enregistrements",
              "Veces que se guardó"),
    "clicks": ("Total clicks", "Lifetime Post Consumptions", "总点击次数", "總點擊次數",
               "Klicks insgesamt", "Total des clics", "Clics totales"),
    "day": ("Date", "日期", "Datum", "Fecha"),
}  # fmt: skip
_INSTAGRAM = (
    "Account username",
    "账户用户名",
    "帐户用户名",
    "帳號用戶名稱",
    "Account ID",
    "账户编号",
)
_TYPES = (
    ("reel", r"reel|短视频|连续短片"),
    ("story", r"stor|快拍|限时动态|限時動態"),
    ("album", r"carousel|album|轮播|相册|輪播|karussell|carrusel|carrousel"),
    ("video", r"video|vidéo|视频|影片|vídeo"),
    ("photo", r"photo|image|bild|foto|照片|图片|相片|圖片|imagen"),
    ("link", r"link|lien|链接|連結|enlace"),
)
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})(.*)")
_GROUPED = re.compile(r"\d{1,3}([,.\u00a0\u202f ’'])\d{3}(\1\d{3})*")
_NONE = frozenset({"", "-", "--", "—", "–", "n/a"})
_FIELDS = ("post_id", "time", "platform", "type", "text", "url", *COUNTS)


class MetaInsights(ExportFormat):
    """One row a post, figures since it was published."""

    name = "meta_insights"
    title = "Meta Business Suite insights"
    rank = 70

    @classmethod
    def recognises(cls, source: Source) -> bool:
        header = Header(source.columns)
        has = {field for field, names in _NAMES.items() if header.find(*names)}
        figures = has & {"impressions", "reach"}
        return {"post_id", "time"} <= has and bool(figures) and bool(has & {"url", "type"})

    def parts(self, source: Source) -> list[Part]:
        return [_Posts(source)]


class _Posts(Part):
    kind = "posts"
    fields = _FIELDS

    def __init__(self, source: Source) -> None:
        header = Header(source.columns)
        self._column = {field: column for field, names in _NAMES.items()
                        if (column := header.find(*names))}  # fmt: skip
        # A title and a description: what was said is in the longer of them.
        self._texts = [c for name in _NAMES["text"] if (c := header.find(name))]
        self._otherwise = "instagram" if header.find(*_INSTAGRAM) else "facebook"
        self._day_first = _day_first(source.sample[self._column["time"]].to_pylist())

    def needs(self) -> Sequence[str]:
        return list(dict.fromkeys([*self._column.values(), *self._texts]))

    def reshape(self, raw: Raw) -> Raw:
        records: list[Cells] = []
        places: list[int] = []
        aside: list[Rejection] = []
        for place, row in enumerate(rows_of(raw.table)):
            if self._of_one_day(row):
                aside.append(Rejection(int(raw.lines[place]), "one_day", self._column["day"]))
            else:
                records.append(self._record(row))
                places.append(place)
        table = pa.table(
            {name: pa.array([row[name] for row in records], pa.string()) for name in self.fields}
        )
        return Raw(table, raw.lines[np.array(places, np.int64)], aside)

    def _cell(self, row: Cells, field: str) -> str:
        return (row.get(self._column.get(field, "")) or "").strip()

    def _of_one_day(self, row: Cells) -> bool:
        """Tell a day's share of the figures from all there are, which are called lifetime."""
        return any(character.isdigit() for character in self._cell(row, "day"))

    def _record(self, row: Cells) -> Cells:
        url = self._cell(row, "url")
        texts = [(row.get(column) or "").strip() for column in self._texts]
        return {
            "post_id": self._cell(row, "post_id") or None,
            "time": self._time(self._cell(row, "time")),
            "platform": _platform(url) or self._otherwise,
            "type": _type(self._cell(row, "type")),
            "text": max(texts, key=len, default="") or None,
            "url": url or None,
            **{name: _count(self._cell(row, name)) for name in COUNTS},
        }

    def _time(self, text: str) -> str | None:
        found = _SLASHED.fullmatch(text)
        if not found:
            return text or None
        one, two = int(found[1]), int(found[2])
        month, day = (two, one) if self._day_first else (one, two)
        return f"{found[3]}-{month:02d}-{day:02d}{found[4]}"


def _day_first(times: Sequence[str | None]) -> bool:
    """Say whether days stand first: Meta writes the month first, unless a cell proves otherwise."""
    found = (_SLASHED.fullmatch(text or "") for text in times)
    return any(int(one[1]) > 12 for one in found if one)


def _platform(url: str) -> str:
    """Return the platform that an address is of, or "".

    >>> _platform("https://www.instagram.com/p/Cx1/"), _platform("https://fb.watch/a"), _platform("")
    ('instagram', 'facebook', '')
    """
    host = url.partition("://")[2].partition("/")[0].lower()
    if host.endswith(("instagram.com", "instagr.am")):
        return "instagram"
    return "facebook" if host.endswith(("facebook.com", "fb.watch", "fb.com")) else ""


def _type(text: str) -> str | None:
    """Return a post's type by the one name that it has here.

    >>> _type("IG carousel"), _type("Photos"), _type("IG 图片"), _type("Text"), _type("")
    ('album', 'photo', 'photo', 'post', None)
    """
    folded = text.casefold()
    if not folded:
        return None
    return next((name for name, words in _TYPES if re.search(words, folded)), "post")


def _count(text: str) -> str | None:
    """Return a count without its thousands' marks; what is no number as it is.

    >>> _count("12,400"), _count("1.234.567"), _count("7.0"), _count("--"), _count("many")
    ('12400', '1234567', '7', None, 'many')
    """
    if text.casefold() in _NONE:
        return None
    if grouped := _GROUPED.fullmatch(text):
        return text.replace(grouped[1], "")
    whole, mark, rest = text.partition(".")
    return whole if mark and whole.isdigit() and not rest.strip("0") else text
