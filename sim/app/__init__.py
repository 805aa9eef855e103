"""The planner's page: every action calls the functions the command line calls.

Rooms, each entered from those above it: `server` serves it and `page` stands around every view; `pages` are the views;
`components` are what views are made of; `readings` read results out as rows and numbers; `state` is what a browser tab
works on and keeps; `words` is what the page says in its languages.
"""
