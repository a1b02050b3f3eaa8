"""The demonstration's accounts. Their password is public, so Config.check allows them on loopback addresses only."""

PASSWORD = "Bridge-2020-Baku"
ADDRESSES = (
    "admin@korpu.example",
    *(f"{role}@{agency}.example" for agency in ("kosgeb", "kobia") for role in ("expert", "manager", "deputy", "host")),
)
