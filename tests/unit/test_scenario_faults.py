"""Every class of fault in a scenario file: where it is, what was got, what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario.schema import Scenario

PLAN = """\
name: Small plan
days: 30
audience:
  agents: 1_000
  segments:
    students:
      share: 0.25
      motivations: {entertainment: 3}
      usage: {social: {users: 0.7, visits_per_day: 2}, tv: {users: 0.6, visits_per_day: 1}}
    families:
      share: 0.75
      usage: {tv: {users: 0.9, visits_per_day: 1}, site: {users: 0.1, visits_per_day: 1}}
network:
  social: {generate: power_law}
  offline: {generate: small_world}
channels:
  social: {kind: feed, medium: feed, cpm: 7, brand_followers: 0.1}
  tv: {kind: broadcast, medium: tv}
  site: {kind: owned, medium: own, brand_followers: 1}
messages:
  reveal: {appeals: {entertainment: 0.7}, quality: 0.7}
plan:
  flights:
    spots: {message: reveal, channel: tv, days: 1-14, budget: 60_000}
    posts: {message: reveal, channel: site, posts: [3, 10]}
  partners:
    creators: {message: reveal, channel: social, choose: {rule: top, by: audience, count: 2}, post_on: [4]}
objectives:
  known: {metric: awareness, at_least: 0.2}
"""
SPOTS = "channel: tv, days: 1-14, budget: 60_000"
TOP = "choose: {rule: top, by: audience, count: 2}"
SURVEY = "from_survey: {file: s.csv, usage: {tv: {visits_per_day: 1}, site: {visits_per_day: 1}}}"
BANDED = "from_survey: {file: s.csv, bands: {age: [30, 18]}, usage: {tv: {uses: tv}}}"

# (what is replaced, by what, a fault that must be told)
FAULTS = {
    "factors that do not rise": (
        "days: 30", "days: 30\nresponse: [0, 1, 1]",
        "plan.yaml:3:18: response.2: 1 after 1; want the factors in rising order, each once",
    ),
    "a factor below nought": ("days: 30", "days: 30\nresponse: [-1, 1]", "response.0: -1; want a number from 0 to 10"),
    "a factor too large": ("days: 30", "days: 30\nresponse: [1, 11]", "response.1: 11; want a number from 0 to 10"),
    "a factor in words": ("days: 30", "days: 30\nresponse: [half, 1]", "response.0: 'half'; want a number from 0 to 10"),
    "a truth for a factor": ("days: 30", "days: 30\nresponse: [true]", "response.0: true; want a number from 0 to 10"),
    "no factor": ("days: 30", "days: 30\nresponse: []", "response: empty; want at least 1"),
    "one factor without brackets": (
        "days: 30", "days: 30\nresponse: 2", "response: 2; want a list of factors in rising order: [0, 0.5, 1, 1.5, 2]",
    ),
    "seeding without partners": (
        "  partners:\n    creators: {message: reveal, channel: social, choose: {rule: top, by: audience, count: 2}, post_on: [4]}\n"
        "objectives:\n  known: {metric: awareness",
        "objectives:\n  known: {metric: seeding_value",
        "objectives.known.metric: seeding_value without partners; want `plan.partners`",
    ),
    "wrong type": (
        "days: 30", "days: soon",
        "plan.yaml:2:1: days: 'soon'; want a whole number from 1 to 36_500: length of the run",
    ),
    "number in quotes": ("days: 30", "days: '30'", "'30'; want a whole number from 1 to 36_500: length of the run (write 30)"),
    "thousands comma": ("1_000", "1,000", "plan.yaml:4:3: audience.agents: '1,000'; want a whole number from 2 to 20_000_000"),
    "percent": ("users: 0.7", "users: 70%", "'70%'; want a number from 0 to 1: share of the segment who use the channel (write 0.7)"),
    "fraction of a person": ("1_000", "10.5", "plan.yaml:4:3: audience.agents: 10.5; want a whole number from 2"),
    "no agents": ("1_000", "0", "plan.yaml:4:3: audience.agents: 0; want a whole number from 2 to 20_000_000"),
    "too many agents": ("1_000", "1_000_000_000", "audience.agents: 1000000000; want a whole number from 2 to 20_000_000"),
    "out of range": ("quality: 0.7", "quality: 1.7", "plan.yaml:21:43: messages.reveal.quality: 1.7; want a number from 0 to 1"),
    "NaN": ("quality: 0.7", "quality: .nan", "messages.reveal.quality: nan; want a number from 0 to 1"),
    "infinite": ("budget: 60_000", "budget: .inf", "plan.flights.spots.budget: inf; want a number from 0"),
    "null": ("quality: 0.7", "quality: ~", "quality: null; want a number from 0 to 1: how well it is made; scales sharing (give"),
    "text for a mapping": ("{kind: broadcast, medium: tv}", "tv", "plan.yaml:18:3: channels.tv: 'tv'; want a mapping with kind, medium"),
    "list for a mapping": ("{entertainment: 0.7}", "[entertainment]", "appeals: ['entertainment']; want a mapping `name: a number from 0 to 1`"),
    "text for a list": ("posts: [3, 10]", "posts: 3", "plan.yaml:25:45: plan.flights.posts.posts: 3; want a list of days: [3, 10, 17]"),
    "name for a list": (SPOTS, f"to: students, {SPOTS}", "to: 'students'; want a list of segments: [students, families] (write [students])"),
    "empty list": ("posts: [3, 10]", "posts: []", "plan.flights.posts.posts: empty; want at least 1"),
    "number for text": ("name: Small plan", "name: 2027", "plan.yaml:1:1: name: 2027; want text: what it is called in reports (write '2027' in quotes)"),
    "yes for true": ("post_on: [4]", "disclosed: yes, post_on: [4]", "'yes'; want true or false: the post says that it is paid (write true)"),
    "no such choice": ("kind: broadcast", "kind: broadcst", "plan.yaml:18:8: channels.tv.kind: 'broadcst'; want one of broadcast, feed, direct, owned (did you mean broadcast?)"),
    "no date": ("name: Small plan", "start: tomorrow\nname: Small plan", "plan.yaml:1:1: start: 'tomorrow'; want a date such as 2027-03-01"),
    "no such date": ("name: Small plan", "start: 2027-02-30\nname: Small plan", "start: '2027-02-30' is no date; want a date"),
    "past the calendar": ("name: Small plan", "start: 9999-12-20\nname: Small plan", "start: 9999-12-20; want a run that ends before"),
    "currency": ("name: Small plan", "currency: euro\nname: Small plan", "currency: 'euro'; want three capital letters such as USD or EUR"),
    "days backwards": ("days: 1-14", "days: 14-1", "plan.yaml:24:43: plan.flights.spots.days: '14-1'; want days from 1 up, first-last: 3 or 1-14"),
    "days in words": ("days: 1-14", "days: two weeks", "'two weeks'; want days from 1 up, first-last: 3 or 1-14"),
    "name with a dot": ("students:", "st.udents:", "audience.segments.st.udents: the name 'st.udents'; want a name of up to 80 characters without dots (segments of a file have · for .)"),
    "missing": (", quality: 0.7", "", "plan.yaml:21:3: messages.reveal.quality: missing; want a number from 0 to 1: how well it is made"),
    "missing at the top": ("name: Small plan\n", "", "plan.yaml:1:1: name: missing; want text: what it is called in reports"),
    "unknown key": (
        "channel: tv", "chanel: tv",
        "plan.yaml:24:30: plan.flights.spots.chanel: unknown key; want one of channel, message, to, influence, days, "
        "budget, impressions, grp, insertions, insertion_reach, posts, shape, … (14 in all) (did you mean channel?)",
    ),
    "unknown key of a layer": (
        "small_world}", "small_world, tyes: 4}",
        "network.offline.tyes: unknown key; want one of ties, generate, rewiring, reciprocity, same_segment (did you mean ties?)",
    ),
    "unknown layer": ("small_world}", "smallworld}", "plan.yaml:15:13: network.offline.generate: 'smallworld'; want `generate: power_law | small_world | affiliation | well_mixed` or `edges: file.csv` (did you mean small_world?)"),
    "empty layer": ("{generate: small_world}", "{ties: 4}", "network.offline: neither generate nor edges; want"),
    "listening": ("plan:\n", "plan:\n  listening: {cover: 50%}\n", "plan.yaml:23:15: plan.listening.cover: '50%'; want a number from 0 to 1"),
    "no such reply": ("plan:\n", "plan:\n  listening: {reply: publicly}\n", "plan.listening.reply: 'publicly'; want one of none, one_public, several_public, private"),
    "unknown key of listening": ("plan:\n", "plan:\n  listening: {capacity: 3}\n", "plan.listening.capacity: unknown key; want one of capacity_per_day, cover,"),
    "negative capacity": ("plan:\n", "plan:\n  listening: {capacity_per_day: -1}\n", "plan.listening.capacity_per_day: -1; want a number from 0"),
    "learning": ("plan:\n", "plan:\n  listening: {learning: {step: 2}}\n", "plan.listening.learning.step: 2; want a number from 0 to 1"),
    "no such lesson": ("plan:\n", "plan:\n  listening: {learning: {every: 7}}\n", "plan.listening.learning.every: unknown key; want one of every_days, step"),
    "public reply that hides": ("plan:\n", "plan:\n  listening: {public_reply_factor: 0.5}\n", "plan.listening.public_reply_factor: 0.5; want a number from 1 to 2"),
    "rule on what is not listened to": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: complaints_heard, above: 9}, then: {pause: spots}}}\n", "plan.rules.calm.when.metric: complaints_heard without listening; want `plan.listening`"),
    "objective on what is not listened to": ("metric: awareness", "metric: reply_rate", "objectives.known.metric: reply_rate without listening; want `plan.listening`"),
    "rule without an action": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}}}\n", "plan.yaml:23:11: plan.rules.calm.then: missing; want a mapping with pause, resume, shift_budget, swap_message"),
    "rule with two actions": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {pause: spots, resume: spots}}}\n", "plan.rules.calm.then: pause and resume; want exactly one of pause, resume, shift_budget, swap_message"),
    "rule with nothing to do": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {}}}\n", "plan.rules.calm.then: nothing to do; want exactly one of pause"),
    "rule without a bound": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach}, then: {pause: spots}}}\n", "plan.rules.calm.when: no bound; want exactly one of below and above"),
    "rule with two bounds": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 1, below: 2}, then: {pause: spots}}}\n", "plan.rules.calm.when: both below and above; want exactly one of below and above"),
    "rule's metric": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: net_sentimen, below: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.metric: no metric is named 'net_sentimen'; want one of reach, "),
    "rule's metric of the end": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: adoption_lift, below: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.metric: adoption_lift is not known on the evening of a day; want one of reach, "),
    "rule's channel": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, channel: telly, below: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.channel: no channel is named 'telly'; want one of all, social, tv, site"),
    "rule on a metric that is not split": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: awareness, channel: tv, below: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.channel: awareness of channel tv; want none: awareness is not split by channel"),
    "rule's segment": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, segment: student, below: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.segment: no segment is named 'student'; want one of all, students, families (did you mean students?)"),
    "rule's flight": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {pause: spot}}}\n", "plan.rules.calm.then.pause: no flight is named 'spot'; want one of spots, posts (did you mean spots?)"),
    "rule's days": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3, for_days: 0}, then: {pause: spots}}}\n", "plan.rules.calm.when.for_days: 0; want a whole number from 1 to 36_500"),
    "rule outside the run": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {pause: spots}, days: 3-31}}\n", "plan.rules.calm.days: day 31; want a day of the run, 1 to 30"),
    "swapped flight": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {swap_message: {flight: spot, message: reveal}}}}\n", "plan.rules.calm.then.swap_message.flight: no flight is named 'spot'"),
    "swapped message": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {swap_message: {flight: spots, message: tease}}}}\n", "plan.rules.calm.then.swap_message.message: no message is named 'tease'; want one of reveal"),
    "shift to posts": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {shift_budget: {from: spots, to: posts, share: 0.5}}}}\n", "plan.rules.calm.then.shift_budget.to: posts is not bought by budget, impressions or grp; want flights of which any part can be bought"),
    "shift to itself": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {shift_budget: {from: spots, to: spots, share: 0.5}}}}\n", "plan.rules.calm.then.shift_budget.to: 'spots' to itself; want two flights"),
    "shift of nothing": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {shift_budget: {from: spots, to: posts, share: 0}}}}\n", "plan.rules.calm.then.shift_budget.share: 0; want a number above 0 and at most 1"),
    "shift from nowhere": ("plan:\n", "plan:\n  rules: {calm: {when: {metric: reach, above: 0.3}, then: {shift_budget: {frm: spots, to: posts, share: 1}}}}\n", "plan.rules.calm.then.shift_budget.frm: unknown key; want one of from, to, share (did you mean from?)"),
    "sweep of nothing": ("name: Small", "sweep: {}\nname: Small", "plan.yaml:1:1: sweep: nothing varied; want `vary: {address: [values]}` or `split`"),
    "sweep at an unknown key": (
        "name: Small", "sweep: {vary: {plan.flights.spots.budgte: [1, 2]}}\nname: Small",
        "plan.yaml:1:16: sweep.vary.plan.flights.spots.budgte: no key 'budgte' in plan.flights.spots; want one of message, channel",
    ),
    "sweep at an unknown flight": (
        "name: Small", "sweep: {vary: {plan.flights.spot.budget: [1, 2]}}\nname: Small",
        "no 'spot' in plan.flights; want one of spots, posts (did you mean spots?)",
    ),
    "sweep with a value refused": (
        "name: Small", "sweep: {vary: {plan.flights.spots.budget: [1, 2, -3]}}\nname: Small",
        "plan.yaml:1:50: sweep.vary.plan.flights.spots.budget.2: -3; want a number from 0",
    ),
    "sweep that breaks another part": (
        "name: Small", "sweep: {vary: {days: [30, 10]}}\nname: Small",
        "plan.yaml:1:27: sweep.vary.days.1: with 10, plan.flights.spots.days: day 14; want a day of the run, 1 to 10",
    ),
    "sweep with a value twice": (
        "name: Small", "sweep: {vary: {days: [30, 30]}}\nname: Small", "sweep.vary.days: [30, 30]; want each value once",
    ),
    "sweep of the name": (
        "name: Small", "sweep: {vary: {name: [a, b]}}\nname: Small", "sweep.vary.name: name is the same for all points; want another address",
    ),
    "sweep with one value": ("name: Small", "sweep: {vary: {days: 30}}\nname: Small", "sweep.vary.days: 30; want a list of values"),
    "range without levels": (
        "name: Small", "sweep: {vary: {days: {from: 20, to: 40}}}\nname: Small",
        "sweep.vary.days: a range in a grid without levels; want `levels: 5`, or a list of values",
    ),
    "range upside down": (
        "name: Small", "sweep: {design: sobol, points: 8, vary: {days: {from: 40, to: 20}}}\nname: Small",
        "sweep.vary.days.to: 20 from 40; want more than `from`",
    ),
    "range with an unknown key": (
        "name: Small", "sweep: {design: sobol, points: 8, vary: {days: {from: 20, to: 40, step: 2}}}\nname: Small",
        "sweep.vary.days.step: unknown key; want one of from, to, scale, levels",
    ),
    "range that ends too far": (
        "name: Small", "sweep: {design: sobol, points: 8, vary: {messages.reveal.quality: {from: 0.5, to: 1.5}}}\nname: Small",
        "sweep.vary.messages.reveal.quality.to: 1.5; want a number from 0 to 1",
    ),
    "what matters to nothing": (
        "name: Small", "sweep: {design: morris, points: 8, vary: {days: {from: 20, to: 40}}}\nname: Small",
        "sweep: morris without `rank`; want `rank: {metric: …}`: to what levers matter",
    ),
    "what matters by a race": (
        "name: Small", "sweep: {design: saltelli, points: 8, vary: {days: {from: 20, to: 40}}, rank: {metric: reach, race: 99}}\nname: Small",
        "sweep.rank.race: a race with saltelli; want none: all its points are needed",
    ),
    "what matters of a split": (
        "name: Small", "sweep: {design: morris, points: 8, split: {s: {over: [plan.flights.spot.budget, plan.flights.ad.budget], total: 5}}, rank: {metric: reach}}\nname: Small",
        "sweep.split: a split with morris; want levers that move one at a time, in `vary`",
    ),
    "pairs without saltelli": (
        "name: Small", "sweep: {design: sobol, points: 8, interactions: true, vary: {days: {from: 20, to: 40}}}\nname: Small",
        "sweep.interactions: pairs of levers with sobol; want `design: saltelli`",
    ),
    "pairs of one lever": (
        "name: Small", "sweep: {design: saltelli, points: 8, interactions: true, vary: {days: {from: 20, to: 40}}, rank: {metric: reach}}\nname: Small",
        "sweep.interactions: pairs of one lever; want two levers or more in `vary`",
    ),
    "sample without a number": (
        "name: Small", "sweep: {design: latin_hypercube, vary: {days: [30, 31]}}\nname: Small",
        "plan.yaml:1:1: sweep: latin_hypercube without a number of points; want `points: 64`",
    ),
    "list without points": ("name: Small", "sweep: {design: list}\nname: Small", "sweep: a list without named points; want `points: {blitz: {address: value}, …}`"),
    "list with a value refused": (
        "name: Small", "sweep: {design: list, points: {none: {plan.flights.spots.budget: -1}}}\nname: Small",
        "plan.yaml:1:39: sweep.points.none.plan.flights.spots.budget: -1; want a number from 0",
    ),
    "list with values that clash": (
        "name: Small", "sweep: {design: list, points: {twice: {plan.flights.spots.grp: 10}}}\nname: Small",
        "sweep.points.twice: with 10, plan.flights.spots: bought by budget and grp; want exactly one of",
    ),
    "nothing to keep on": (
        "name: Small", "sweep: {vary: {plan.flights.more: [on, off]}}\nname: Small",
        "sweep.vary.plan.flights.more.0: nothing at plan.flights.more to keep on; want a part there, or only off",
    ),
    "split of nothing": (
        "name: Small", "sweep: {split: {money: {over: [plan.flights.spots.budget, plan.flights.posts.budget], steps: 2}}}\nname: Small",
        "sweep.split.money: no total to split; want `total`, or money at every address of `over`",
    ),
    "after": ("quality: 0.7", "quality: 0.7, after: teaser", "plan.yaml:21:57: messages.reveal.after: no message is named 'teaser'; want one of reveal"),
    "after itself": ("quality: 0.7", "quality: 0.7, after: reveal", "plan.yaml:21:57: messages.reveal.after: a cycle: reveal after reveal; want an order with a first message"),
    "a cycle": ("messages:\n  reveal: {", "messages:\n  hint: {appeals: {}, quality: 1, after: reveal}\n  reveal: {after: hint, ", "plan.yaml:21:35: messages.hint.after: a cycle: hint after reveal after hint; want an order with a first message"),
    "format": ("quality: 0.7", "quality: 0.7, format: vidoe", "messages.reveal.format: 'vidoe'; want one of video, story, image, text, audio or null (did you mean video?)"),
    "format of a channel": ("kind: broadcast", "formats: {vidoe: {impact: 2}}, kind: broadcast", "channels.tv.formats.vidoe"),
    "ranking of no feed": ("kind: broadcast", "ranking: {}, kind: broadcast", "channels.tv.ranking: a ranking on tv, a broadcast channel; want it on a feed channel"),
    "daypart shares": ("kind: broadcast", "dayparts: {day: {share: 0.5}, night: {share: 0.4}}, kind: broadcast", "channels.tv.dayparts: shares sum to 0.9; want a sum of 1"),
    "daypart shares of a segment": ("kind: broadcast", "dayparts: {day: {share: 1, by_segment: {students: {share: 0.8}}}}, kind: broadcast", "channels.tv.dayparts: shares of students sum to 0.8; want a sum of 1"),
    "segment of a daypart": ("kind: broadcast", "dayparts: {day: {share: 1, by_segment: {student: {}}}}, kind: broadcast", "channels.tv.dayparts.day.by_segment.student: no segment is named 'student'; want one of students, families (did you mean students?)"),
    "unknown daypart": (SPOTS, f"{SPOTS}, dayparts: [evening]", "plan.flights.spots.dayparts.0: no daypart is named 'evening'; there is no daypart"),
    "no list of dayparts": (SPOTS, f"{SPOTS}, dayparts: evening", "plan.flights.spots.dayparts: 'evening'; want a list of the channel's dayparts: [morning, evening]"),
    "dayparts of posts": ("posts: [3, 10]", "posts: [3, 10], dayparts: [day]", "plan.flights.posts.dayparts: dayparts of posts; want none"),
    "certified by": ("rule: top", "rule: certified", "plan.partners.creators.choose.by: by beside rule certified; want it with `rule: top` only"),
    "rule of choice": ("rule: top", "rule: certifyed", "creators.choose.rule: 'certifyed'; want one of top, certified, random, degree, degree_discount, pagerank, k_core, betweenness, bridges, fringe (did you mean certified?)"),
    "top by nothing": (TOP, "choose: {rule: top, count: 2}", "creators.choose.by: rule top by nothing; want `by`"),
    "choice without end": (TOP, "choose: {rule: degree}", "creators.choose: neither count nor budget; want `count: how many` or `budget: money`, or both"),
    "target of a plain rule": (TOP, "choose: {rule: degree, count: 2, target: [students]}", "creators.choose.target: target beside rule degree; want it with `rule: certified` only"),
    "unknown target": (TOP, "choose: {rule: certified, count: 2, target: [student]}", "creators.choose.target.0: no segment is named 'student'; want one of students, families (did you mean students?)"),
    "quota of nobody": (TOP, "choose: {rule: certified, count: 2, quotas: {student: 1}}", "creators.choose.quotas.student: no segment is named 'student'"),
    "weights beside a target": (TOP, "choose: {rule: certified, count: 2, target: [students], weights: {students: 1}}", "creators.choose.weights: weights beside target; want one of them"),
    "weights of a plain rule": (TOP, "choose: {rule: degree, count: 2, weights: {students: 1}}", "creators.choose.weights: weights beside rule degree; want it with `rule: certified` only"),
    "weights of nobody": (TOP, "choose: {rule: certified, count: 2, weights: {student: 1}}", "creators.choose.weights.student: no segment is named 'student'; want one of students, families (did you mean students?)"),
    "negative weights": (TOP, "choose: {rule: certified, count: 2, weights: {students: -1}}", "creators.choose.weights.students: -1; want a number from 0"),
    "weights by a column": (TOP, "choose: {rule: certified, count: 2, weights: worth}", "creators.choose.weights: 'worth' is no column: there is no people file; want a number for each segment"),
    "quota below nought": (TOP, "choose: {rule: degree, count: 2, quotas: {students: -1}}", "creators.choose.quotas.students: -1; want a whole number at least 0"),
    "quota of no level": (TOP, "choose: {rule: degree, count: 2, level_quotas: {tiny: 1}}", "creators.choose.level_quotas.tiny: the name 'tiny'; want one of everyday, nano, micro, macro, mega"),
    "excluded stranger": (TOP, "choose: {rule: degree, count: 2, exclude: [1_000]}", "creators.choose.exclude.0: 1000; want a row number from 0 to 999"),
    "negative fee": ("post_on: [4]", "post_on: [4], fee: -5", "plan.partners.creators.fee: -5; want"),
    "also on nothing": ("post_on: [4]", "post_on: [4], also_on: [socail]", "creators.also_on.0: no channel is named 'socail'; want one of social, tv, site (did you mean social?)"),
    "also on the same": ("post_on: [4]", "post_on: [4], also_on: [social]", "creators.also_on.0: social twice; want each channel once"),
    "also on television": ("post_on: [4]", "post_on: [4], also_on: [tv]", "creators.also_on.0: tv is a broadcast channel; want a feed channel"),
    "reached before the post": (TOP, "choose: {rule: certified, count: 2, by_day: 3}", "creators.choose.by_day: day 3; want the day of the first post, 4, or a later one"),
    "reached after the run": (TOP, "choose: {rule: certified, count: 2, by_day: 31}", "creators.choose.by_day: day 31; want a day of the run, 1 to 30"),
    "fee below nothing": ("post_on: [4]", "fee: -5, post_on: [4]", "creators.fee"),
    "fee by a column": ("post_on: [4]", "fee: curv, post_on: [4]", "creators.fee: 'curv' is no column: there is no people file; want a number (money per post) or `curve`"),
    "sharing rule": ("plan:\n", "sharing: {rule: treshold}\nplan:\n", "plan.yaml:22:11: sharing.rule: 'treshold'; want one of probability, threshold, fraction, count (did you mean threshold?)"),
    "rule without its number": ("plan:\n", "sharing: {rule: fraction}\nplan:\n", "plan.yaml:22:1: sharing: rule fraction without its number; want `fraction` beside it"),
    "number without its rule": ("plan:\n", "sharing: {count: 2}\nplan:\n", "sharing.count: count beside rule probability; want it with `rule: count` only"),
    "co-creation of another rule": (
        "plan:\n", "sharing: {rule: count, count: 2}\nco_creation: {probability: 0.2}\nplan:\n",
        "plan.yaml:23:1: co_creation: co-creation beside sharing.rule count; want it with `rule: probability` only, or null",
    ),
    "co-creation above one": ("plan:\n", "co_creation: {probability: 1.2}\nplan:\n", "co_creation.probability: 1.2; want a number from 0 to 1"),
    "more variants than numbers": ("plan:\n", "co_creation: {most_variants: 30_001}\nplan:\n", "co_creation.most_variants: 30001; want a whole number from 1 to 30_000"),
    "co-creation misspelt": ("plan:\n", "co_creation: {probabilty: 0.2}\nplan:\n", "co_creation.probabilty: unknown key; want one of probability,"),
    "unknown message": ("message: reveal, channel: tv", "message: reveel, channel: tv", "plan.yaml:24:13: plan.flights.spots.message: no message is named 'reveel'; want one of reveal (did you mean reveal?)"),
    "unknown channel": ("channel: tv", "channel: ttv", "plan.flights.spots.channel: no channel is named 'ttv'; want one of social, tv, site (did you mean tv?)"),
    "unknown segment": (SPOTS, f"to: [families, student], {SPOTS}", "plan.yaml:24:45: plan.flights.spots.to.1: no segment is named 'student'; want one of students, families (did you mean students?)"),
    "partner's message": ("creators: {message: reveal", "creators: {message: tease", "plan.partners.creators.message: no message is named 'tease'; want one of reveal"),
    "partner's channel": ("channel: social, choose", "channel: socail, choose", "plan.yaml:27:33: plan.partners.creators.channel: no channel is named 'socail'; want one of social, tv, site (did you mean social?)"),
    "objective's metric": ("metric: awareness", "metric: awarenes", "objectives.known.metric: no metric is named 'awarenes'; want one of reach,"),
    "objective's segment": ("at_least: 0.2", "segment: family, at_least: 0.2", "plan.yaml:29:30: objectives.known.segment: no segment is named 'family'; want one of all, students, families"),
    "objective's channel": ("at_least: 0.2", "channel: radio, at_least: 0.2", "objectives.known.channel: no channel is named 'radio'; want one of all, social, tv, site"),
    "objective's day": ("at_least: 0.2", "by_day: 31, at_least: 0.2", "plan.yaml:29:30: objectives.known.by_day: day 31; want a day of the run, 1 to 30"),
    "objective twice": ("at_least: 0.2", "at_least: 0.2, at_most: 0.3", "plan.yaml:29:3: objectives.known: both at_least and at_most; want exactly one"),
    "objective without bound": (", at_least: 0.2", "", "objectives.known: no bound; want exactly one of at_least and at_most"),
    "roi without value": ("metric: awareness", "metric: roi", "objectives.known.metric: roi without a value; want `value_per_adoption` in the scenario"),
    "flight outside the run": ("days: 1-14", "days: 20-40", "plan.yaml:24:43: plan.flights.spots.days: day 40; want a day of the run, 1 to 30"),
    "post outside the run": ("[3, 10]", "[3, 31]", "plan.yaml:25:56: plan.flights.posts.posts.1: day 31; want a day of the run, 1 to 30"),
    "booking outside the run": ("post_on: [4]", "post_on: [40]", "plan.partners.creators.post_on.0: day 40; want a day of the run"),
    "shares": ("share: 0.75", "share: 0.7", "plan.yaml:5:3: audience.segments: shares sum to 0.95; want a sum of 1"),
    "no share": ("      share: 0.75\n", "", "plan.yaml:10:5: audience.segments.families.share: missing; want the segment's share of the public"),
    "no agents key": ("  agents: 1_000\n", "", "plan.yaml:3:1: audience.agents: missing; want the number of simulated persons"),
    "two files": ("  agents: 1_000", f"  agents: 9\n  {SURVEY}\n  from_people: {{file: p.csv, id: id}}", "audience: both from_survey and from_people; want one of them"),
    "share beside a survey": ("  agents: 1_000", f"  agents: 9\n  {SURVEY}", "plan.yaml:8:7: audience.segments.students.share: a share beside from_survey; want none: the file tells it (delete `share`)"),
    "survey is missing": ("  agents: 1_000", f"  agents: 9\n  {SURVEY}", "plan.yaml:5:17: audience.from_survey.file: no file 's.csv'; want a CSV, Parquet or GraphML file; looked in '.'"),
    "agents beside people": ("  agents: 1_000", "  agents: 9\n  people: 8\n  from_people: {file: p.csv, id: id}", "plan.yaml:4:3: audience.agents: 9 beside from_people; want no size"),
    "market beside people": ("  agents: 1_000", "  people: 8\n  from_people: {file: p.csv, id: id}", "plan.yaml:4:3: audience.people: 8 beside from_people; want no size"),
    "bands": ("  agents: 1_000", f"  agents: 9\n  {BANDED}", "audience.from_survey.bands.age: [30, 18]; want lower ends from low to high"),
    "no frequency": ("  agents: 1_000", f"  agents: 9\n  {BANDED}", "audience.from_survey.usage.tv: no frequency of use; want `often: column` or `visits_per_day: number`"),
    "edges are missing": ("{generate: small_world}", "{edges: ties.csv, directed: true}", "plan.yaml:15:13: network.offline.edges: no file 'ties.csv'"),
    "edges are a folder": ("{generate: small_world}", "{edges: ., directed: true}", "network.offline.edges: '.' is a folder; want a CSV, Parquet or GraphML file"),
    "unknown need": ("{entertainment: 3}", "{entertaining: 3}", "plan.yaml:8:21: audience.segments.students.motivations.entertaining: no need is named 'entertaining'; want one of information"),
    "unknown appeal": ("{entertainment: 0.7}", "{fun: 0.7}", "messages.reveal.appeals.fun: no need is named 'fun'; want one of information"),
    "no motivation": ("{entertainment: 3}", "{entertainment: 0}", "audience.segments.students.motivations: no motivation above 0; want a weight above 0"),
    "need twice": ("agents: 1_000", "agents: 9\n  needs: [entertainment, fun, fun]", "audience.needs.2: 'fun' twice; want each need once"),
    "usage of no channel": ("usage: {tv: {users: 0.9", "usage: {ttv: {users: 0.9", "plan.yaml:12:15: audience.segments.families.usage.ttv: no channel is named 'ttv'; want one of social, tv, site (did you mean tv?)"),
    "fit of no message": ("share: 0.25", "share: 0.25\n      fit: {reveel: 1}", "audience.segments.students.fit.reveel: no message is named 'reveel'; want one of reveal"),
    "nobody uses it": (", site: {users: 0.1, visits_per_day: 1}", "", "plan.yaml:25:30: plan.flights.posts.channel: nobody uses site; want `usage: {site: {users, visits_per_day}}`"),
    "none of these use it": ("channel: site,", "to: [students], channel: site,", "plan.flights.posts.channel: nobody of students uses site; want"),
    "bought on owned": ("posts: [3, 10]", "days: 3-10, grp: 5", "plan.flights.posts.grp: grp on site, an owned channel; want `posts: [days]`"),
    "posts on broadcast": ("days: 1-14, budget: 60_000", "posts: [2]", "plan.flights.spots.posts: posts on tv, a broadcast channel; want budget, impressions, grp or insertions"),
    "posts to nobody": ("own, brand_followers: 1}", "own}", "plan.flights.posts.posts: posts on site, where nobody follows the brand; want `brand_followers` above 0 in channels.site"),
    "bought twice": ("budget: 60_000", "budget: 60_000, grp: 5", "plan.yaml:24:5: plan.flights.spots: bought by budget and grp; want exactly one of budget, impressions, grp, insertions"),
    "bought by nothing": (", budget: 60_000", "", "plan.flights.spots: bought by nothing; want exactly one of budget"),
    "no days": ("days: 1-14, ", "", "plan.flights.spots: no days; want `days: first-last`"),
    "days and posts": ("posts: [3, 10]", "days: 3, posts: [3, 10]", "plan.flights.posts.days: both days and posts; want only `posts: [days]`"),
    "cap on posts": ("posts: [3, 10]", "posts: [3], cap: {times: 1, per_days: 1}", "plan.flights.posts.cap: a cap on what has no impressions"),
    "half a cap": ("budget: 60_000", "budget: 60_000, cap: {times: 3}", "plan.yaml:24:71: plan.flights.spots.cap.per_days: missing; want a whole number from 1"),
    "insertions alone": ("budget: 60_000", "insertions: 3", "plan.flights.spots: insertions without insertion_reach; want `insertion_reach: {first, second}`"),
    "reach alone": ("budget: 60_000", "budget: 3, insertion_reach: {first: 0.2}", "plan.flights.spots.insertion_reach: insertion_reach without insertions; want both or none"),
    "no second reach": ("budget: 60_000", "insertions: 3, insertion_reach: {first: 0.2}", "insertion_reach: no second; want `second`: the share met by two insertions"),
    "second reach": ("budget: 60_000", "insertions: 3, insertion_reach: {first: 0.5, second: 0.8}", "insertion_reach.second: 0.8; want a share above 0.5 (first) and below 0.75 (two at random)"),
    "price in dollars only": ("name: Small plan", "name: Small plan\ncurrency: EUR", "plan.flights.spots.budget: a budget on tv, whose price is known in USD only; want `cpm` in channels.tv, in EUR"),
    "partner off feed": ("channel: social, choose", "channel: tv, choose", "plan.partners.creators.channel: tv is a broadcast channel; want a feed channel"),
    "partner without layer": ("  social: {generate: power_law}\n", "", "plan.partners.creators.channel: social has no layer of followers; want `social: {generate: power_law}`"),
    "nobody chosen": (f"{TOP}, ", "", "plan.partners.creators: nobody chosen; want exactly one of `choose: {rule, by, count}` and `people: [ids]`"),
    "chosen twice": (TOP, f"{TOP}, people: [1]", "plan.partners.creators: both choose and people"),
    "chosen by a column": ("by: audience", "by: views", "plan.partners.creators.choose.by: 'views' is no column: there is no people file; want `by: audience` or `by: influence`"),
    "influence twice": (SPOTS, f"{SPOTS}, influence: {{layer: social, top: 0.1, levels: [nano]}}", "plan.flights.spots.influence: both levels and top; want exactly one of"),
    "influence by nothing": (SPOTS, f"{SPOTS}, influence: {{layer: social}}", "plan.flights.spots.influence: neither levels nor top; want exactly one of"),
    "influence on no layer": (SPOTS, f"{SPOTS}, influence: {{top: 0.1}}", "plan.flights.spots.influence: influence on tv, which has no layer of followers; want `layer`"),
    "unknown layer of influence": (SPOTS, f"{SPOTS}, influence: {{layer: socail, top: 0.1}}", "spots.influence.layer: no layer with ties is named 'socail'; want one of social, offline (did you mean social?)"),
    "unknown level": (SPOTS, f"{SPOTS}, influence: {{layer: social, levels: [micron]}}", "spots.influence.levels.0: 'micron'; want one of everyday, nano, micro, macro, mega (did you mean micro?)"),
    "more than all": (SPOTS, f"{SPOTS}, influence: {{layer: social, top: 1.1}}", "spots.influence.top: 1.1; want a number above 0 and at most 1"),
    "cap on what stands": ("posts: [3, 10]", "days: 3-9, cap: {times: 1, per_days: 1}", "plan.flights.posts.cap: cap with nothing bought; want none"),
    "shape of what stands": ("posts: [3, 10]", "days: 3-9, shape: front", "plan.flights.posts.shape: shape front with nothing bought; want none"),
    "stands on tv": ("days: 1-14, budget: 60_000", "days: 1-14", "plan.flights.spots: bought by nothing; want exactly one of"),
    "no such level": ("by: audience", "by: influence, level: tiny", "choose.level: 'tiny'; want one of everyday, nano, micro, macro, mega or null"),
    "no such row": (TOP, "people: [3, 1000]", "plan.yaml:27:62: plan.partners.creators.people.1: 1000; want a row number from 0 to 999: no file names people"),
    "layer of no channel": ("  offline:", "  ofline:", "plan.yaml:15:3: network.ofline: no feed channel is named 'ofline'; want one of social, offline (did you mean offline?)"),
    "layer of a broadcast": ("  offline:", "  tv:", "network.tv: tv is a broadcast channel, which has no followers' layer; want the name of a feed channel, or offline"),
    "mixed followers": ("generate: power_law", "generate: well_mixed", "plan.yaml:14:12: network.social.generate: 'well_mixed' for a channel; want it for offline only"),
    "followers cross": ("power_law}", "power_law, max_followers: 5}", "network.social.max_followers: 5; want at least min_followers, 10"),
    "ties cross": ("power_law}", "affiliation, max_ties: 5}", "network.social.max_ties: 5; want at least min_ties, 10"),
    "participation": ("plan:\n", "sharing: {engagement: {some: 0.995}}\nplan:\n", "sharing.engagement: some + rare = 1.005; want shares that sum to at most 1"),
    "segment all": ("    students:", "    all:", "audience.segments.all: a segment called 'all'; want another name"),
    "channel all": ("  tv: {kind", "  all: {kind", "channels.all: a channel called 'all'; want another name"),
    "channel offline": ("  tv: {kind", "  offline: {kind", "channels.offline: a channel called 'offline'; want another name"),
    "key twice": ("share: 0.25", "share: 0.25\n      share: 0.3", "plan.yaml:8:7: audience.segments.students.share: the same key twice (first on line 7); want it once"),
    "merge key": ("days: 30", "days: 30\n<<: {name: x}", "plan.yaml:3:1: <<: a merge key; YAML 1.2 has none"),
    "tag": ("days: 30", "days: !!python/object:os.system 30", "the tag !!python/object:os.system; want a plain value"),
    "list as key": ("days: 30", "days: 30\n? [1, 2]\n: 3", "plan.yaml:3:3: a key that is a list or mapping; want a name"),
}  # fmt: skip


# Text that changes nothing that matters: (what is replaced, by what).
SOUND = {
    "stands on the site": ("posts: [3, 10]", "days: 3-10"),
    "the most influential": (SPOTS, f"{SPOTS}, influence: {{layer: offline, top: 0.1}}"),
    "certified choice": (
        TOP,
        "choose: {rule: certified, count: 2, budget: 300, target: [students], by_day: 9, quotas: {families: 1}}",
    ),
    "fee curve": ("post_on: [4]", "fee: curve, post_on: [4]"),
    "own price": ("channel: tv, days", "channel: social, days"),
    "cap longer than the flight": ("budget: 60_000", "budget: 60_000, cap: {times: 3, per_days: 400}"),
    "no partners": ("  partners:\n", "  partners: null\n#"),
    "flight switched off": (
        "spots: {message: reveal, channel: tv, days: 1-14, budget: 60_000}",
        "spots: null",
    ),
    "codes as names": ("students:", "2021:"),
    "one day": ("days: 1-14", "days: 3"),
    "days as a list": ("days: 1-14", "days: [1, 14]"),
    "price of another currency": ("tv: {kind", "tv: {cpm: 20, kind"),
    "no sharing": ("plan:\n", "sharing: null\nadoption: null\nplan:\n"),
}


def faults_of(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the faults of a file called plan.yaml, as a planner in its folder sees them."""
    (folder / "plan.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    try:
        Scenario.load("plan.yaml")
    except InputError as error:
        return [str(fault) for fault in error.faults]
    return []


def test_the_plan_without_faults_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of(PLAN, tmp_path, monkeypatch) == []


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_told(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, told = FAULTS[case]
    assert old in PLAN
    faults = faults_of(PLAN.replace(old, new, 1), tmp_path, monkeypatch)
    assert any(told in fault for fault in faults), "\n".join(faults)


@pytest.mark.parametrize("case", SOUND)
def test_nothing_is_told_of_what_is_sound(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = SOUND[case]
    assert old in PLAN
    assert faults_of(PLAN.replace(old, new, 1), tmp_path, monkeypatch) == []


@pytest.mark.parametrize(
    "case", ["unknown key", "unknown channel", "bought twice", "no such choice", "shares"]
)
def test_a_fault_is_told_once(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Consequences of one slip (a flight without its channel, a partner on no feed) are not told beside it."""
    old, new, told = FAULTS[case]
    faults = faults_of(PLAN.replace(old, new, 1), tmp_path, monkeypatch)
    assert len(faults) == 1
    assert told in faults[0]


def test_the_curve_of_fees_is_in_dollars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PLAN.replace("name: Small plan", "name: Small plan\ncurrency: EUR").replace(
        "tv: {kind", "tv: {cpm: 20, kind"
    )
    faults = faults_of(text.replace("post_on: [4]", "fee: curve, post_on: [4]"), tmp_path, monkeypatch)
    assert len(faults) == 1
    assert (
        "creators.fee: curve in 'EUR'; want a number or a column: the curve is known in USD only" in faults[0]
    )


def test_a_price_that_no_table_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_of(PLAN.replace("tv", "zap").replace("medium: zap", "medium: tv"), tmp_path, monkeypatch)
    assert faults == [
        "plan.yaml:24:56: plan.flights.spots.budget: a budget on zap, whose price is not known; "
        "want `cpm` in channels.zap (currency per 1000 impressions)"
    ]


def test_all_faults_come_at_once_in_the_order_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong type hides neither a misspelt name nor a day outside the run nor a key given twice."""
    cases = [
        "percent", "unknown need", "usage of no channel", "unknown layer", "no such choice", "format",
        "flight outside the run", "bought on owned", "partner's message", "objective's metric", "shares",
    ]  # fmt: skip
    text = PLAN
    for case in cases:
        assert FAULTS[case][0] in text
        text = text.replace(*FAULTS[case][:2], 1)
    faults = faults_of(text, tmp_path, monkeypatch)
    for case in cases:
        told = (
            FAULTS[case][2].split(": ", 1)[1] if FAULTS[case][2].startswith("plan.yaml") else FAULTS[case][2]
        )
        assert any(told in fault for fault in faults), case
    places = [tuple(map(int, fault.split(":")[1:3])) for fault in faults]
    assert places == sorted(places)
