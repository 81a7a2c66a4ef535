"""Numbers shared by the kernels: rules in the order they are examined, kinds of nodes."""

# Rules: a higher number means that a route got further before it broke.
OK = 0
NOT_ALLOWED = 1
LABEL = 2
CAPACITY = 3
ORDER = 4
RANK = 5
MAX_TASKS = 6
MAX_DISTANCE = 7
MAX_TRAVEL = 8
CAP = 9
ENERGY = 10
WINDOW = 11
ON_BOARD = 12
BREAK = 13
SHIFT = 14
BAY = 15
TOO_DEAR = 16

MOST_STOPS = 1_000
"""Stops that a route has room for, unless there are so few vehicles that each may need more."""
DEAREST = 1 << 60
"""A cutoff above every cost."""

# Kinds of nodes in a scheduled chain.
START = 0
TASK = 1
BREAK_NODE = 2
RECHARGE = 3
END = 4

# Columns of a scheduled node.
KIND = 0
REF = 1
LOCATION = 2
DISTANCE_M = 3
TRAVEL_S = 4
ARRIVAL = 5
BEGIN = 6
SETUP = 7
WORK = 8
STAY = 9
NODE_COLUMNS = 10

# Slots of a search's tuning, described in ``fleet/solver/tuning.py``.
REMOVED = 0
LONGEST = 1
BLINK = 2
PUSHED = 3
CLOSED = 4
DISPLACED = 5
PATIENT = 6
SPLIT = 7
NEAR_ROUTES = 8
GROWTH = 9
AROUND = 10
WORTH_FIRST = 11
EJECTED = 12
PAIRED = 13

# Slots of an evaluation's result.
COST = 0
DEPARTURE = 1
RETURN = 2
AMOUNT = 3
DETAIL = 4
NODES = 5
ROUTE_M = 6
ROUTE_TRAVEL_S = 7
BEST_M = 8
BEST_TRAVEL_S = 9
RESULT_SLOTS = 10
