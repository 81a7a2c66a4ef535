"""Who may call what, written down a second time: an endpoint without a row here fails the test of roles."""

from fleet.service.roles import Role

ADMINS = frozenset({Role.ADMIN})
DISPATCHERS = ADMINS | {Role.DISPATCHER}
PLANNERS = DISPATCHERS | {Role.PLANNER}
REPORTERS = DISPATCHERS | {Role.DRIVER}
EVERYBODY = frozenset(Role)
DRIVERS = frozenset({Role.DRIVER})
ANYBODY: frozenset[Role] = frozenset()
"""Nobody has to be signed in."""

MASTER = tuple(
    name.format(kind)
    for kind in ("place", "tricycle", "household", "product")
    for name in ("list_{}s", "add_{}", "read_{}", "change_{}", "delete_{}", "list_{}_versions")
)
DAYS = (
    "list_days",
    "create_day",
    "read_day",
    "put_day",
    "delete_day",
    "list_day_changes",
    "read_day_version",
    "read_assignments",
    "put_assignments",
    "read_state",
)
REQUESTS = (
    "list_requests",
    "add_request",
    "read_request",
    "change_request",
    "delete_request",
    "list_request_changes",
    "copy_requests",
    "import_requests",
    "report_sheet",
)
STANDING_ORDERS = (
    "list_standing_orders",
    "add_standing_order",
    "read_standing_order",
    "change_standing_order",
    "delete_standing_order",
    "list_standing_order_versions",
    "apply_standing_orders",
)
PLANS = (
    "request_plan",
    "hand_in_plan",
    "list_plans",
    "read_plan",
    "read_plan_summary",
    "check_plan",
    "compare_plans",
    "explain_unserved",
    "change_plan",
    "publish_plan",
    "preview_publication",
    "read_published",
    "withdraw_plan",
    "list_publications",
    *(f"draw_plan_as_{kind}" for kind in ("geojson", "gpkg", "gpx", "html", "kml", "pdf")),
)
ACCOUNTS = (
    "list_accounts",
    "create_account",
    "read_account",
    "change_account",
    "delete_account",
    "set_password",
)
OWN = (
    "read_session",
    "sign_out",
    "change_own_password",
    "list_tokens",
    "create_token",
    "revoke_token",
)

ROLES: dict[str, frozenset[Role]] = {
    **dict.fromkeys((*MASTER, *DAYS, *REQUESTS, *STANDING_ORDERS, *PLANS), DISPATCHERS),
    **dict.fromkeys(("make_qr", "print_qr", "list_devices", "revoke_device"), DISPATCHERS),
    **dict.fromkeys(("solve", "solve_for_openrouteservice"), PLANNERS),
    **dict.fromkeys(("list_jobs", "read_job", "cancel_job", "read_best_plan", "read_job_result"), PLANNERS),
    **dict.fromkeys(("list_events", "report_events"), REPORTERS),
    "read_own_route": DRIVERS,
    **dict.fromkeys((*ACCOUNTS, "list_audit"), ADMINS),
    **dict.fromkeys(OWN, EVERYBODY),
    **dict.fromkeys(("read_health", "read_metrics", "sign_in", "set_up", "bind_device"), ANYBODY),
}
