"""A small plan in which every form of the page has something to show."""

FULL = """\
name: Everything at once
start: 2027-03-01
days: 12
replications: 3
currency: USD
audience:
  people: 40_000
  agents: 800
  segments:
    young: {share: 0.4, motivations: {entertainment: 2}, fit: {hello: 1.1}, adopters: 0.1, usage: {tube: {users: 0.9, visits_per_day: 2}, gram: {users: 0.6, visits_per_day: 2}, site: {users: 0.3, visits_per_day: 0.5}}}
    old: {share: 0.6, motivations: {information: 1}, adopters: 0.1, usage: {tube: {users: 0.5, visits_per_day: 1}, gram: {users: 0.2, visits_per_day: 1}}}
network:
  gram: {generate: power_law, min_followers: 4}
  offline: {generate: small_world}
channels:
  tube: {kind: broadcast, medium: video, cpm: 9, formats: {image: {attention: 0.9}}, dayparts: {day: {share: 0.6}, night: {share: 0.4, receptive: 1.2}}}
  gram: {kind: feed, medium: feed, cpm: 7, brand_followers: 0.05, ranking: {}}
  site: {kind: owned, medium: own, brand_followers: 0.1}
messages:
  hello: {appeals: {information: 0.8, entertainment: 0.4}, quality: 0.6}
  answer: {appeals: {information: 0.5}, quality: 0.4, after: hello}
plan:
  flights:
    first: {message: hello, channel: tube, days: 1-8, budget: 900}   # a comment that stays
    second: {message: answer, channel: gram, days: 5-12, budget: 300, cap: {times: 3, per_days: 7}}
    own: {message: hello, channel: gram, posts: [2, 5]}
    home: {message: hello, channel: site, days: 1-12}
  partners:
    creators: {message: hello, channel: gram, choose: {rule: certified, count: 3, weights: {young: 2}, quotas: {old: 1}, level_quotas: {everyday: 3}}, fee: 10, post_on: [3]}
  listening: {cover: 0.9, reply: one_public, capacity_per_day: 50, cost_per_reply: 2, learning: {}}
  rules:
    calm: {when: {metric: net_sentiment, below: 0.5, for_days: 2}, then: {shift_budget: {from: first, to: second, share: 0.5}}}
    enough: {when: {metric: reach, above: 0.6}, then: {pause: own}, once: false, days: 3-10}
objectives:
  seen: {metric: reach, at_least: 0.2}
question: {ask: Is more money worth it?, decide_by: awareness}
alternatives:
  richer: {plan.flights.second.budget: 500}
reception: {attitude_step: 0.25}
"""

FORMULA = "=HYPERLINK(1)"
BAIT = "<img src=x onerror=hit=1>"
HOSTILE = (
    FULL.replace("young", f'"{FORMULA}"')
    .replace("name: Everything at once", f'name: "{BAIT}"')
    .replace("first", f'"@{BAIT}"')
    .replace("hello", '"-1+2"')
    .replace("old:", '"+old":')
)
