"""The planner's page: pages, components and state; every action calls the functions the command line calls."""
