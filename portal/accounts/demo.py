"""The demonstration's accounts: known to everyone, therefore only on a loopback address (see Config.check)."""

PASSWORD = "Bridge-2020-Baku"
ADDRESSES = (
    "admin@korpu.example",
    *(f"{role}@{agency}.example" for agency in ("kosgeb", "kobia") for role in ("expert", "manager", "deputy", "host")),
)
