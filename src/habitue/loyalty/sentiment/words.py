"""Words of praise and complaint in English and Chinese, written for this project.

They are the default's whole knowledge: no data set and no fetched model is in it.
"""

from __future__ import annotations

__all__ = ["BAD", "BAD_HAN", "GOOD", "GOOD_HAN", "INTENSIFIERS_HAN", "NEGATIONS", "NEGATIONS_HAN"]

GOOD = frozenset(
    """
    adorable amazing awesome beautiful beautifully best better bliss bravo brilliant
    charming cheers clean comfortable comfy compliment compliments convenient cosy courteous
    cozy cute dependable delicious delight delighted delightful durable easy effortless
    elegant enjoy enjoyable enjoyed enjoying excellent exceptional exceeded exquisite fab
    fabulous fantastic fast favorite favourite fine flawless flattering fresh friendly fun
    generous gem genuine glad good gorgeous grateful great handy happy happily helpful
    honest impeccable impressed impressive incredible joy kind kudos lovely love loved loves
    loving luxurious magnificent marvelous marvellous neat nice nicely outstanding perfect
    perfectly phenomenal pleasant pleased pleasure polite pretty professional prompt
    promptly proud quality quick quickly recommend recommended reliable respectful rocks
    safe satisfied satisfying sleek smooth smoothly soft splendid stunning stylish sturdy
    super superb swift tasty terrific thank thanks thankful thoughtful thrilled tidy treat
    trustworthy unbeatable useful versatile warm welcoming well win wonderful worth wow yay
    yummy 👍 😊 😍 ❤ 🎉 😀
    """.split()
)

BAD = frozenset(
    """
    abysmal angry annoyed annoying appalling atrocious awful awkward bad badly blame bland
    boring broke broken bumpy cancelled canceled careless cheap cheaply chipped clueless
    complain complaint complaints confused confusing cracked crap cramped crappy damaged
    dangerous dead defective delay delayed delays dirty disappoint disappointed
    disappointing disappointment disaster disgrace disgraceful disgusted disgusting
    dishonest dreadful dull embarrassing fail failed fails failure fake faded faulty fiasco
    filthy flawed flimsy fraud frustrated frustrating frustration garbage gross hate hated
    horrendous horrible horrid horrific hung ignored impossible inadequate incompetent
    incorrect inexcusable inferior issue issues itchy joke junk lack lacking lame late leak
    leaked leaking leaks lie lied lies lost lousy mediocre mess messed misleading missed
    missing mistake mould nasty nightmare nonsense odd overpriced pain pathetic pitiful poor
    poorly problem problems refund regret regretted reject ridiculous rip ripped rotten
    rubbish rude ruined rusty scam scratched shabby shame shameful shattered shoddy sick
    sloppy slow smelly sorry stained stale stolen stranded stuck stupid suck sucked sucks
    tacky terrible terribly thin torn trash trouble ugly unable unacceptable unhappy
    unhelpful unpleasant unprofessional unreliable unusable unwearable upset useless waste
    wasted weak worn worse worst worthless wrong yuck 👎 😡 😠 💔 😢 😞
    """.split()
)

#: They turn the words after them round.
NEGATIONS = frozenset(
    "no not never none nothing without cannot hardly barely neither nor lacks isn't wasn't aren't "
    "weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't haven't hasn't hadn't "
    "ain't dont didnt wont cant isnt wasnt".split()
)

GOOD_HAN = frozenset(
    """
    好 很棒 不错 喜欢 满意 好吃 美味 好喝 漂亮 好看 精美 精致 舒服 舒适 方便 快捷 快速 很快
    挺快 迅速 及时 准时 热情 周到 贴心 细心 耐心 友好 礼貌 干净 整洁 卫生 安静 温馨 宽敞
    便宜 实惠 划算 超值 值得 推荐 赞 点赞 完美 惊喜 开心 高兴 愉快 感谢 谢谢 优秀 优质 一流
    专业 可靠 结实 耐用 柔软 新鲜 香 爱 可爱 正品 实用 好用 放心 回购 支持 给力 五星 齐全
    豪华 优雅 物美价廉 性价比高 没毛病 没的说 没得说 无可挑剔 名不虚传 还会再来 下次还来
    下次还会 再次光临 宾至如归 很大 丰富 足 到位 没话说 错不了 挺好 良好 美观 大方 合适 合身
    帅 牛
    """.split()
)

BAD_HAN = frozenset(
    """
    差 很差 太差 差劲 差评 糟糕 难吃 难喝 难看 难闻 恶心 失望 后悔 讨厌 生气 愤怒 垃圾 烂 破
    坏 坏了 旧 陈旧 破旧 脏 很脏 霉 发霉 异味 臭 吵 噪音 冷漠 冷淡 恶劣 粗鲁 态度差 不耐烦
    慢 太慢 很慢 迟 晚了 超时 太晚 拖 贵 太贵 坑 骗 欺骗 骗人 忽悠 假 假货 假的 敷衍 投诉
    退货 退款 退房 少了 漏 漏了 漏水 洒 撒了 凉了 冷了 冰凉 硬 咸 太咸 油腻 太油 腻 苦 馊
    变质 不新鲜 头发 虫 苍蝇 蟑螂 拉肚子 无语 无聊 郁闷 坑爹 上当 受骗 不值 不好 不行 不满
    不爽 不推荐 不会再 再也不 别买 千万别 没法 不敢 不如 问题 故障 裂 碎 褪色 掉色 起球 小气
    简陋 潮湿 狭窄 服务差 质量差 效果差 没人 没送 没有送 一般 太小 太少 好少 凑合 凑活 欠缺
    缺 算了吧 没味道 没有味道 将就 破损 什么玩意 等了 打电话 催 才送到 才到 居然 竟然 根本
    最差 搞错 送错 弄错 错误 催单 悲剧 呵呵 可惜 可怜 奇怪 难
    """.split()
)

NEGATIONS_HAN = ("不", "没", "无", "别", "未", "并非", "难以", "毫无", "谈不上", "算不上")

#: What may stand between a negation and what it turns round: 不是很好, 没有那么好.
INTENSIFIERS_HAN = "是很太怎么有那么这么够算大特别十分非常会能得到觉感的再"
