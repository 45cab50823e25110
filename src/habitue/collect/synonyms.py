"""What exports call the fields, in English and Chinese, the surest name first.

Taken from vendors' help pages, well-known data sets and importers. A name is a hint, never a
proof: content may veto it, and the table as a whole decides what a name like ``Name`` means.
"""

# ruff: noqa: E501  (a Chinese character counts as two)
from __future__ import annotations

import re
from functools import cache, lru_cache

from habitue.text import normalise

__all__ = ["IDENTIFIER_NAMES", "NAMES", "fold", "known_name", "rank"]

IDENTIFIER_NAMES: dict[str, str] = {
    "customer_id": "customer_id, customerid, customer number, customer no, customer code, custid, "
    "cust id, client id, clientid, buyer id, buyerid, member id, memberid, member no, "
    "shopper id, user id, userid, user, uid, household_id, household key, account id, account, "
    "customer, buyer, login, username, user_name, 会员编号, 会员id, 会员号, 会员卡号, 客户编号, 客户id, 客户代码, 客户号, "
    "顾客编号, 顾客id, 用户id, 用户编号, 买家id, 买家编号, 买家会员名, 会员名, 下单帐号, 下单账号, "
    "买家账号, 用户名, 会员, 客户, 顾客, 用户, 买家",
    "email": "email, e-mail, email address, e-mail address, customer email, buyer email, "
    "contact email, billing email, mail, user email, 邮箱, 电子邮箱, 电子邮件, 邮件, 邮箱地址, "
    "买家邮箱, 客户邮箱",
    "phone": "phone, phone number, telephone, tel, mobile, mobile phone, mobile number, cell, "
    "cell phone, customer phone, billing phone, shipping phone, contact number, 手机, 手机号, "
    "手机号码, 联系手机, 收货人手机, 收货人手机号, 收货人手机号/提货人手机号, 联系电话, 电话, 电话号码, "
    "买家手机, 客户电话",
    "handle": "handle, screen_name, screen name, twitter handle, instagram, username, user_name, "
    "nickname, nick, author, social handle, 买家昵称, 昵称, 用户昵称, 微信号, 微信昵称, 旺旺, 买家旺旺",
    "visitor": "visitor_id, visitorid, anonymous_id, anonymousid, user_pseudo_id, device_id, deviceid, "
    "cookie_id, client cookie, 访客id, 设备id, 匿名id",
    "name": "name, full name, fullname, customer name, buyer name, client name, contact name, "
    "billing name, shipping name, recipient, user name, 姓名, 客户姓名, 收货人姓名, 收货人, 收件人, "
    "顾客姓名, 客户名称, 会员姓名, 买家姓名",
}

_ITEM: dict[str, str] = {
    "item_id": "item_id, itemid, product_id, productid, stockcode, stock code, sku, lineitem sku, "
    "product sku, item sku, sku id, product code, item code, item no, item number, product number, "
    "article, article number, asin, upc, ean, gtin, variant sku, variant id, product key, "
    "商品id, 商品编号, 商品编码, 商品代码, 商家编码, 货号, 产品编号, 产品id, 宝贝id, 宝贝编号, sku编码, "
    "sku编号, 商品货号, 条码, 物品编号",
    "title": "title, item name, product name, product title, lineitem name, item title, productname, "
    "itemname, description, product description, item description, product, item, article name, "
    "product(s), goods, goods name, 商品名称, 宝贝标题, 商品标题, 宝贝名称, 产品名称, 选购商品, 商品名, "
    "产品名, 商品, 品名, 全部商品名称, 名称, 标题",
    "category": "category, product category, item category, category name, product_type, type, "
    "department, collection, product group, 类目, 分类, 商品分类, 商品类目, 类别, 商品类别, 品类, 宝贝种类",
    "brand": "brand, vendor, manufacturer, maker, label, brand name, 品牌, 厂商, 制造商, 生产商",
    "unit_price": "unit_price, unitprice, price, lineitem price, item price, product price, "
    "sale price, selling price, price each, unit cost, list price, variant price, 单价, 商品单价, "
    "商品价格, 价格, 售价, 京东价, 销售单价, 成交单价, 销售价",
    "currency": "currency, currency code, price currency, 币种, 货币, 货币代码, 币别",
}

_TIME = (
    "time, timestamp, datetime, date, created at, created_at, createdat, creation date, event time, "
    "event_time, eventtime, event_timestamp, occurred at, at, ts, day, date time, event_date, "
    "transaction timestamp, 时间, 日期, 创建时间, 发生时间"
)

NAMES: dict[str, dict[str, str]] = {
    "purchases": {
        "order_id": "order_id, orderid, order number, order no, order, invoice_no, invoiceno, "
        "invoice number, invoice, invoice id, order #, order name, basket_id, basketid, basket, "
        "receipt, receipt no, receipt number, receipt id, transaction_id, transactionid, "
        "transaction number, transaction no, ticket, ticket number, bill no, sales order, "
        "ecommerce.transaction_id, checkout id, name, 订单编号, 订单号, 主订单编号, 订单id, 交易编号, "
        "单号, 交易号, 小票号, 流水号, 销售单号, 订单",
        "line_id": "line_id, lineid, order line id, line item id, lineitem id, order item id, "
        "orderitemid, order_line, line number, 子订单编号, 子订单号, 订单行号, 明细编号",
        "time": "order date, orderdate, order time, order_time, ordered at, invoice date, "
        "invoicedate, purchase date, purchase time, purchased at, order created, sale date, "
        f"sold at, transaction date, transaction time, {_TIME}, paid at, payment date, 订单创建时间, "
        "下单时间, 订单提交时间, 订单时间, 订单日期, 下单日期, 购买时间, 交易时间, 交易日期, 成交时间, "
        "销售日期, 销售时间, 订单付款时间, 买家付款时间, 付款时间, 支付时间",
        **_ITEM,
        "quantity": "quantity, qty, lineitem quantity, item quantity, units, pieces, count, "
        "quantity ordered, order quantity, units sold, items sold, number of items, pcs, 数量, "
        "商品数量, 购买数量, 订购数量, 宝贝总数量, 件数, 销售数量, 销量, 宝贝数量",
        "amount": "amount, line total, linetotal, line amount, line_price, total price, "
        "total_price, sales_value, sales value, sales, net sales, revenue, n. revenue, item_revenue, "
        "item total, sales amount, total amount, spend, subtotal, total, 金额, 总金额, 小计, 总价, "
        "销售额, 成交金额, 商品总价, 商品金额, 买家实际支付金额, 实付金额, 订单实付金额, 应付金额, "
        "订单应付金额, 订单金额, 结算金额, 买家应付货款, 支付金额",
        "discount": "discount, lineitem discount, line discount, discount amount, retail_disc, "
        "promotion discount, 优惠, 折扣, 优惠金额, 折扣金额, 商品优惠",
        "country": "country, country code, shipping country, billing country, ship country, market, "
        "国家, 国家/地区, 收货国家",
        "status": "status, order status, orderstatus, financial status, payment status, state, "
        "订单状态, 状态, 交易状态, 支付状态, 售后状态",
        **IDENTIFIER_NAMES,
    },
    "views": {
        "line_id": "event_id, eventid, messageid, message_id, hit id, log id, view id, id, 事件id, "
        "日志id",
        "time": f"view time, viewed at, visit time, {_TIME}, 浏览时间, 访问时间, 点击时间",
        "item_id": _ITEM["item_id"] + ", item, product, properties.product_id, properties.sku, "
        "content_id, items.item_id",
        "url": "url, page, page_url, page url, path, page_path, page location, request, link, "
        "context.page.url, page.url, page_location, uri, 页面, 网址, 链接, 页面地址",
        "event": "event, event_type, eventtype, event name, event_name, action, behavior, behaviour, "
        "behavior_type, type, activity, 事件, 事件类型, 行为, 行为类型, 动作",
        "session_id": "session_id, sessionid, session, visit id, visit_id, visitid, "
        "ga_session_id, 会话id, 会话, 访问id",
        "agent": "agent, user_agent, useragent, user agent, browser, context.useragent, ua, 浏览器",
        **IDENTIFIER_NAMES,
    },
    "comments": {
        "line_id": "comment_id, commentid, review_id, reviewid, tweet_id, tweetid, post id, id_str, "
        "message id, id, 评论id, 评论编号, 评价id, 评价编号",
        "time": "comment time, comment date, commented at, review date, review time, reviewed at, "
        "posted at, post date, tweet_created, submitted at, review_date, "
        f"{_TIME}, 评论时间, 评价时间, 评论日期, 发表时间, 评价日期",
        "item_id": _ITEM["item_id"] + ", item, product",
        "platform": "platform, source, channel, site, network, 平台, 来源, 渠道",
        "text": "text, comment, comment text, comments, review, review text, review_body, reviewtext, "
        "review body, content, body, message, feedback, full_text, tweet, tweet text, caption, "
        "评论, 评论内容, 评价, 评价内容, 内容, 留言, 正文, 反馈",
        "rating": "rating, stars, star_rating, score, review rating, overall, rate, 评分, 星级, 打分, "
        "评价星级",
        "from_shop": "from_shop, is_shop, is_owner, by_shop, 商家回复, 店铺回复",
        **IDENTIFIER_NAMES,
    },
    "posts": {
        "post_id": "post_id, postid, video asset id, media id, content id, tweet id, id, 帖子编号, 帖子id, "
        "贴文编号, 作品id, 笔记id, 内容id",
        "time": f"publish time, published at, publish date, posted, posted at, post date, {_TIME}, "
        "发布时间, 發佈時間, 发布日期",
        "platform": "platform, source, channel, site, network, 平台, 来源, 渠道",
        "type": "post type, type, content type, media type, 帖子类型, 贴文类型, 内容类型, 类型",
        "text": "text, description, caption, message, post message, post text, title, 说明, 描述, 文案, "
        "正文, 内容, 标题",
        "url": "permalink, post link, link, url, 永久链接, 链接, 作品链接",
        "impressions": "impressions, views, post impressions, plays, 展示次数, 曝光次数, 曝光量, 浏览次数, "
        "浏览量, 播放量, 阅读量",
        "reach": "reach, post reach, accounts reached, unique views, 覆盖人数, 覆盖范围, 触达人数, 触及人数",
        "likes": "likes, reactions, like count, favorites, 赞, 点赞, 点赞数, 点赞量, 心情数, 赞数",
        "comments": "comments, replies, comment count, 评论, 评论数, 评论量, 留言数",
        "shares": "shares, reposts, retweets, share count, 分享, 分享数, 分享次数, 转发, 转发数, 分享量",
        "saves": "saves, bookmarks, save count, 收藏, 收藏数, 收藏次数, 收藏量",
        "clicks": "total clicks, clicks, post clicks, link clicks, 总点击次数, 点击次数, 点击量, 点击数",
    },
    "items": {
        **_ITEM,
        "item_id": _ITEM["item_id"] + ", id, code, item, product, handle, 编号, 编码",
        "title": _ITEM["title"].replace("description, ", "").replace("title, ", "title, name, ", 1),
        "description": "description, product description, item description, long description, "
        "details, body, body (html), body_html, summary, 描述, 商品描述, 详情, 商品详情, 简介",
    },
    "customers": {
        "country": "country, country code, billing country, region, cc, 国家, 国家/地区",
        "city": "city, town, billing city, location, default address city, 城市, 所在城市, 市",
        "joined": "joined, joined at, created_at, created at, signup date, sign up date, signed up, "
        "registered at, registration date, registration time, member since, customer since, "
        "first seen, optin_time, confirm_time, date created, date registered, 注册时间, 注册日期, "
        "入会时间, 加入时间, 创建时间",
        **IDENTIFIER_NAMES,
        "customer_id": "id, " + IDENTIFIER_NAMES["customer_id"] + ", 编号",
    },
    "consents": {
        "time": "consent time, consent date, consented at, consent timestamp, consent updated at, "
        "opt in time, optin_time, opt-in date, subscribed at, subscription date, unsub_time, "
        "unsubscribed at, last_changed, updated at, changed at, "
        f"{_TIME}, 同意时间, 授权时间, 订阅时间, 退订时间, 更新时间",
        "purpose": "purpose, consent purpose, consent for, consent type, permission, topic, list, "
        "list name, preference, 目的, 用途, 同意用途, 授权用途, 授权目的",
        "channel": "channel, consent channel, contact channel, medium, by, via, 渠道, 方式, "
        "联系方式类型, 触达渠道",
        "state": "state, consent state, consent, consent status, opt in, opt-in, opt in status, "
        "opted in, subscribed, subscription, subscription status, accepts marketing, "
        "accepts email marketing, accepts sms marketing, marketing consent, email marketing consent, "
        "email marketing, gdpr consent, newsletter, permission status, status, 同意状态, 是否同意, "
        "同意, 授权状态, 是否授权, 订阅状态, 是否订阅, 状态",
        "source": "source, consent source, opt-in source, signup source, form, form name, origin, "
        "method, 来源, 同意来源, 获取方式",
        **IDENTIFIER_NAMES,
        "customer_id": "id, " + IDENTIFIER_NAMES["customer_id"] + ", 编号",
    },
}

_PUNCTUATION = re.compile(r"[^\w]+|_", re.UNICODE)


@lru_cache(maxsize=20_000)
def fold(name: str) -> str:
    """Return a column's name folded for comparison.

    >>> fold("Order #"), fold("Invoice_No"), fold("收货人手机号/提货人手机号")
    ('ordernumber', 'invoiceno', '收货人手机号提货人手机号')
    """
    return _PUNCTUATION.sub("", normalise(name).replace("#", "number"))


@cache
def _ranks(kind: str) -> dict[str, dict[str, int]]:
    return {
        field: {fold(name): n for n, name in reversed(list(enumerate(names.split(", "))))}
        for field, names in NAMES[kind].items()
    }


def rank(kind: str, field: str, column: str) -> int | None:
    """Return how far down a field's list a column's name stands, or None."""
    found = _ranks(kind)[field].get(fold(column))
    if found is None and fold(column) == fold(field):
        return 0
    return found


@cache
def _all() -> frozenset[str]:
    return frozenset(n for kind in NAMES for names in _ranks(kind).values() for n in names)


def known_name(column: str) -> bool:
    """Say whether some field goes by this name."""
    return fold(column) in _all()
