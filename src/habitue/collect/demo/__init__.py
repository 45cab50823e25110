"""The sample shop: a seeded generator of untidy exports, with the planted truth beside them.

A home, gift and beauty shop with an English and a Chinese storefront, two years old, all prices
in pounds. Everything in it is invented. Beside ``exports/`` stands ``truth/``: what was planted,
for tests to compare with what the loop finds. Sizes below are for any number of customers, but
that few customers give few of everything.

===================  ==========================================================================
customer types       regular (every 14 days, small baskets), big_spender (80 days, large baskets
                     of dear products), bargain_hunter (55 days, waits for a sale, 30 to 50 %
                     off), devotee (28 days, two staples of one category), newcomer (joined within
                     35 days), lapsed (gone while trying, or for 100 days)
joining              95 % in a campaign 3 to 32 days before each quarter's end, counted back from
                     the end; so windows of 90 days before the end are alike
orders               first 35 days: gamma, mean 16, shape 1.6; later by habit: gamma, shape 1.8 to
                     4 around a personal mean (gamma, spread 24 %)
leaving              after trying: 29 %, or 60 % if something went wrong; later after an order:
                     0.04 to 0.1 %, or 0.8 to 2 % if it went wrong; 10 % of orders go wrong
tastes               1 to 3 favourite of 12 categories (80 % of choices), 1 or 2 favourite of 10
                     styles (65 %), the rest by fashion (rank^-0.6); Zipf 0.6 within a cell
repurchase           four consumable categories; 1 or 2 staples a customer, each with its own
                     interval; durables are bought once by a person
bundles              8 pairs and 4 triples across categories and styles, in 9 % of orders, each
                     product really taken with 92 %
views                55 % of lines were looked at about 4 days before, 2.2 idle views an order by
                     taste, carts, searches; 2 % arrive 1 to 6 days late, 0.8 % come twice; robots
                     (70 % say so), 0.2 to 0.8 seconds a page
comments             after 30 % of bad and 5.5 % of good orders; good: 80 % praise; bad: 77 %
                     complaint; else mixed or a question; 75 % with stars, of which 4 % at random
identifiers          25 % Chinese storefront (12 % of them both: linked by telephone), 15 % second
                     e-mail (30 % of orders under it without number), 8 % second telephone, 45 %
                     a handle; case, +86, 0086 and spaces vary
returns              1.5 % of lines, 25 % of bad orders' lines; negative lines in English, a status
                     in Chinese; 1.5 % of orders cancelled
other rows           6 % guests' orders, 8 % postage or fees, 1 % free samples, 0.8 % lines twice,
                     3 % of items renamed, 48 broken lines, two exports that overlap by 28 days
===================  ==========================================================================

The truth's ``probability`` is exact given the latent state (see ``process``); ``future`` is what
the same process does in the 90 days after the end, which no export holds.
"""

from __future__ import annotations

from habitue.collect.demo.world import purchases_stream
from habitue.collect.demo.write import SampleShop, write_shop

__all__ = ["SampleShop", "purchases_stream", "write_shop"]
