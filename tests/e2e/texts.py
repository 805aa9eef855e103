"""Small scenarios and files, as a planner would write them."""

from __future__ import annotations

from tests.data import DATA
from tests.e2e.command import edited

SEGMENTS = """\
audience:
  people: 40_000
  agents: 400
  segments:
    young:
      share: 0.4
      motivations: {entertainment: 1}
      usage: {tv: {users: 0.5, visits_per_day: 1}, clips: {users: 0.8, visits_per_day: 2}}
    old:
      share: 0.6
      motivations: {information: 1}
      usage: {tv: {users: 0.9, visits_per_day: 2}, clips: {users: 0.3, visits_per_day: 1}}
"""
REST = """\
network:
  clips: {generate: power_law, min_followers: 2}
channels:
  tv: {kind: broadcast, medium: tv}
  clips: {kind: feed, medium: feed, cpm: 6, brand_followers: 0.05}
messages:
  hello: {appeals: {information: 0.7}, quality: 0.6}
plan:
  flights:
    tv_hello: {message: hello, channel: tv, days: 1-4, budget: 900}
    clips_hello: {message: hello, channel: clips, days: 2-5, impressions: 30_000, cap: {times: 2, per_days: 3}}
  partners:
    voices: {message: hello, channel: clips, choose: {rule: top, by: audience, count: 3}, fee: 50, post_on: [2]}
objectives:
  known: {metric: awareness, at_least: 0.02}
"""
HEAD = """\
name: Tiny
days: 5
master_seed: 3
replications: 3
"""
TINY = HEAD + SEGMENTS + REST

# The same plan on a file of people with a file of ties, and on a survey.
PEOPLE = HEAD + """\
audience:
  from_people:
    file: people.csv
    id: id
    segment_by: [town]
    usage: {tv: {visits_per_day: 1}, clips: {visits_per_day: 2}}
""" + edited(
    REST,
    ("clips: {generate: power_law, min_followers: 2}", "clips: {edges: ties.csv, directed: true, weight: strength}"),
    ("impressions: 30_000", "impressions: 60"),
)  # fmt: skip
SURVEY = (
    HEAD
    + """\
audience:
  people: 40_000
  agents: 400
  from_survey:
    file: survey.csv
    weight: weight
    segment_by: [age_band]
    bands: {age: [18, 40]}
    usage: {tv: {uses: tv, often: tv_often}, clips: {uses: clips, visits_per_day: 2}}
    visits_per_day: {daily: 1, weekly: 0.15}
"""
    + REST
)
N_PEOPLE = 60
PEOPLE_CSV = "id,town,fame,price\n" + "".join(
    f"p{i},{'abc'[i % 3]},{i * 7 % 50},{10 * i}\n" for i in range(N_PEOPLE)
)
TIES_CSV = "from,to,strength\n" + "".join(
    f"p{i},p{(i * 7 + k) % N_PEOPLE},{k}\n"
    for i in range(N_PEOPLE)
    for k in (1, 2, 3)
    if i != (i * 7 + k) % N_PEOPLE
)
SURVEY_CSV = "age,weight,tv,tv_often,clips\n" + "".join(
    f"{18 + i},{1 + i % 3},{'yes,' + ('daily', 'weekly')[i % 2] if i % 4 else 'no,'},{('yes', 'no', '')[i % 3]}\n"
    for i in range(50)
)
DATA_FILES = {"people.csv": PEOPLE_CSV, "ties.csv": TIES_CSV, "survey.csv": SURVEY_CSV}

SURVEYED = f"""\
  from_survey:
    file: {DATA}/audience/pew_2021_platform_use.csv
    weight: weight
    bands: {{age: [18, 30, 50, 65]}}
    segment_by: [age_band]
    usage:
      youtube: {{uses: uses_youtube, often: freq_youtube}}
      facebook: {{uses: uses_facebook, often: freq_facebook}}
      instagram: {{uses: uses_instagram, often: freq_instagram}}
      tiktok: {{uses: uses_tiktok, visits_per_day: 2}}
      tv: {{uses: cable_tv, visits_per_day: 1.5}}
    visits_per_day:
      {{several times a day: 4, about once a day: 1, a few times a week: 0.4, every few weeks: 0.05, less often: 0.02}}
channels:
  youtube: {{kind: broadcast, medium: video}}
  facebook: {{kind: feed, medium: feed}}
  instagram: {{kind: feed, medium: feed}}
  tiktok: {{kind: feed, medium: feed}}
  tv: {{kind: broadcast, medium: tv}}
messages:
  census: {{appeals: {{information: 0.8}}, quality: 0.6}}
"""
"""Who US adults are by the Pew survey, five channels and a message: what stands under `audience`, and after it."""
