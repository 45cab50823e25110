"""Parts of sentences that the sample shop's comments are put together from.

Each tone has openers, judgements, details and closers per language; ``{p}`` is the product. Plain
words of praise stand in bad comments too ("not nice", "I wanted to love it") and the other way
round, so that counting good and bad words does not settle the tone.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["QUESTIONS", "SAID", "Parts"]


@dataclass(frozen=True)
class Parts:
    """What comments of one tone in one language are made of."""

    openers: tuple[str, ...]
    judgements: tuple[str, ...]
    details: tuple[str, ...]
    closers: tuple[str, ...]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


_EMPTY = ("",)

#: Tone (1 good, -1 bad) and language to parts; a mixed comment takes a judgement of each.
SAID: dict[tuple[int, str], Parts] = {
    (1, "en"): Parts(
        (
            *_EMPTY,
            *_lines("""Second order and
            Bought as a gift:
            Update after two weeks:
            OK so
            Honestly,
            I was not sure at first but
            My sister told me about this shop."""),
        ),
        _lines("""I love this {p}
            the {p} is lovely
            not a bad word to say about this {p}
            this {p} is so much better than the last one I had
            couldn't be happier with the {p}
            can't fault the {p} at all
            the {p} is exactly as pictured
            really pleased with this {p}
            this {p} is worth every penny
            the {p} is beautifully made
            never had a nicer {p}
            the {p} did not disappoint
            gorgeous {p}
            perfect little {p}"""),
        (
            *_EMPTY,
            *_lines("""It came a day early.
            Nothing broken, nothing missing.
            No complaints about the price either.
            The colours are even nicer in real life.
            I worried it would look cheap, it doesn't.
            Everyone asks where I got it.
            Wrapped with care and a handwritten note.
            Feels solid and smells great.
            The quality is hard to beat."""),
        ),
        (
            *_EMPTY,
            *_lines("""Will buy again.
            Thank you!
            Highly recommended.
            Five stars from me 😊
            ❤️
            Can't wait to order more.
            You won't regret it."""),
        ),
    ),
    (-1, "en"): Parts(
        (
            *_EMPTY,
            *_lines("""Second order and
            Bought as a gift:
            Update after two weeks:
            OK so
            Honestly,
            I wanted to love it but
            I usually like this shop, however"""),
        ),
        _lines("""the {p} arrived broken
            this {p} is not as nice as the photo
            not happy with this {p} at all
            the {p} fell apart within days
            I would not call this {p} good quality
            the {p} is a disappointment
            the {p} looks cheap
            this {p} is not worth the money
            the {p} was nothing like the description
            can't recommend this {p}
            the {p} is smaller than I was led to believe
            waited three weeks for the {p}
            I expected a better {p} than this
            they sent the wrong {p}"""),
        (
            *_EMPTY,
            *_lines("""Nobody answered my e-mails.
            The box was crushed and one part missing.
            It was late and the courier left it in the rain.
            The colour is off and the smell is strange.
            Sent it back and still no refund.
            Lovely in the picture, though.
            A great idea, badly made.
            The old one was so much better.
            Customer service was polite but no help."""),
        ),
        (
            *_EMPTY,
            *_lines("""Never again.
            Very disappointed.
            Won't be ordering here any more.
            I want my money back.
            😡
            Save your money.
            Not the perfect gift I hoped for."""),
        ),
    ),
    (1, "zh"): Parts(
        (
            *_EMPTY,
            *_lines("""第二次买了，
            送朋友的，
            用了两周来追评，
            说实话，
            本来有点担心，
            同事推荐的，
            一开始没抱期望，"""),
        ),
        _lines("""{p}很喜欢
            {p}质量真不错
            {p}比想象中好太多
            {p}和图片一模一样
            {p}没有让人失望
            {p}做工精细，挑不出毛病
            这个{p}太值了
            {p}颜值很高
            再也找不到这么好的{p}了
            {p}性价比高
            {p}非常满意
            {p}一点都不差"""),
        (
            *_EMPTY,
            *_lines("""物流很快，提前到了。
            包装严实，没有破损。
            价格也不贵。
            客服态度好。
            没有异味，手感很好。
            家里人都说好看。
            完全没有色差。
            细节处理得很到位。"""),
        ),
        (
            *_EMPTY,
            *_lines("""还会回购。
            推荐！
            五星好评😊
            值得买。
            下次还来。
            谢谢店家。
            不会后悔的。"""),
        ),
    ),
    (-1, "zh"): Parts(
        (
            *_EMPTY,
            *_lines("""第二次买了，
            送朋友的，
            用了两周来追评，
            说实话，
            本来很期待，
            一直喜欢这家店，这次
            冲着好评买的，"""),
        ),
        _lines("""{p}收到就是坏的
            {p}质量不好
            {p}和图片差太多
            {p}很失望
            {p}做工粗糙
            这个{p}不值这个价
            {p}用了几天就坏了
            {p}没有想象中好
            {p}发错货了
            {p}等了三个星期才到
            {p}并不像说的那么好
            {p}不太满意"""),
        (
            *_EMPTY,
            *_lines("""客服一直不回复。
            盒子压扁了，还少了配件。
            快递很慢，还放在雨里。
            色差大，有异味。
            退货了，钱还没退。
            图片倒是好看。
            以前的比这个好多了。
            客服态度好，但没解决问题。"""),
        ),
        (
            *_EMPTY,
            *_lines("""不会再买了。
            差评。
            太失望了。
            要求退款。
            😡
            别浪费钱。
            不推荐。"""),
        ),
    ),
}

QUESTIONS: dict[str, tuple[str, ...]] = {
    "en": _lines("""Does the {p} come in blue?
        When will the {p} be back in stock?
        Is the {p} dishwasher safe?
        How big is the {p} exactly?
        Do you ship the {p} to Ireland?
        Can I exchange the {p} for a larger one?
        Is there a gift box for the {p}?
        Which one is better, this {p} or the larger one?"""),
    "zh": _lines("""{p}有蓝色的吗？
        {p}什么时候补货？
        {p}可以用洗碗机洗吗？
        {p}具体多大？
        {p}能寄到香港吗？
        {p}可以换大一号的吗？
        {p}有礼盒装吗？
        请问{p}和大号的哪个好？"""),
}
