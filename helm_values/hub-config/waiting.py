"""Say in plain words why a server is not there yet; part of the hub's configuration.

The words that are understood are those of Karpenter 1.14 and of Kubernetes' scheduler 1.36.
Karpenter gives one reason for each pool, most of them about pools that the server did not ask
for, and none for a pool that is not ready or has no machine in stock. It tells a server's reasons
once in five minutes. What is not understood is shown as it is.
"""

import html
import json
import math
import re

from traitlets import import_item

NO_ROOM = (
    "No machine that runs now has room for your server. Another one is started if the pool "
    "allows it, which takes some minutes."
)
STARTING = "A machine is being started for your server. This takes some minutes."
PLACED = "A machine has room for your server."
ASSIGNED = (
    "The machine for your server is there and loads its image. A large image takes some minutes."
)
PULLING = "The image of your server is being loaded. A large image takes some minutes."
CREATED = "The image is there, and your server begins to run."
TOO_LARGE = (
    "No machine of your profile's pool is large enough: with what runs on every machine, your "
    "server needs {needs}. Choose a smaller profile, or tell an administrator."
)
FULL = (
    "Your profile's pool is full: it has reached the limit that was set for it. Try again when "
    "other users have stopped their servers, choose another profile, or tell an administrator."
)
OUT_OF_STOCK = (
    "AWS has no machine to give that your profile could use. It is asked again every few "
    "minutes: wait, or choose another profile."
)
NOT_STARTING = (
    "Your profile's pool can start no machine at the moment: AWS has none to give, or the pool "
    "was changed just now. It is tried again every few minutes: wait, or choose another profile. "
    "If it stays so, tell an administrator."
)
UNKNOWN_LABEL = (
    "Your profile asks for machines with the label {label}, which no pool has. Choose another "
    "profile, and tell an administrator."
)

# What happens on the way, by the words that tell it.
STEPS = (
    (r"Pod should schedule on: nodeclaim/\S+$", STARTING),
    (r"Pod should schedule on: .*\bnode/\S+$", PLACED),
    (r"Successfully assigned \S+ to \S+$", ASSIGNED),
    (r'Pulling image "[^"]+"$', PULLING),
    (r"(Successfully pulled image|Created container|Started container)\b", CREATED),
)

UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9}
DEVICES = {"nvidia.com/gpu": "GPU", "aws.amazon.com/neuron": "Neuron device"}
# Why the scheduler passes a node over, as far as another machine is the answer.
PASSED_OVER = re.compile(
    r"\d+ (Insufficient [\w./-]+|Too many pods|node\(s\) (didn't match Pod's node "
    r"affinity/selector|had untolerated taint(\(s\)|s)?( \{[^}]*\})?|were unschedulable))"
)
OTHER_POOL = re.compile(
    r"incompatible requirements, key jhub/pool, jhub/pool In \[([^]]*)\] not in"
)
LIMIT = re.compile(r".* limits .*nodepool \(NodePool=([^)]*)\)")
LABEL = re.compile(r'incompatible requirements, label "([^"]+)" does not have known values')


def sentence(message, pool=None):
    """Return what an event means for the user who waits; the message itself if it is not known.

    ``pool`` is that of the user's profile, where it is known.
    """
    prefix, told, reasons = message.partition("Failed to schedule pod, ")
    if told and not prefix:
        return refusal(reasons.split("; "), pool) or message
    for pattern, meant in STEPS:
        if re.match(pattern, message):
            return meant
    return NO_ROOM if has_no_room(message) else message


def has_no_room(message):
    """Return whether the scheduler says that no node does, and another one might."""
    if message == "no nodes available to schedule pods":
        return True
    found = re.match(r"0/\d+ nodes are available: (.*?)\. ", message + " ")
    return bool(found) and all(PASSED_OVER.fullmatch(each) for each in found[1].split(", "))


def refusal(reasons, pool):
    """Return why Karpenter starts no machine; None if one of its reasons is not known."""
    asked = {found[1] for each in reasons if (found := OTHER_POOL.match(each))}
    if pool:
        asked = {pool}
    limits = [found[1] for each in reasons if (found := LIMIT.match(each))]
    for each in reasons:
        if each.startswith("no instance type"):
            return of_machines(each)
        if found := LABEL.match(each):
            return UNKNOWN_LABEL.format(label=found[1])
    # Every server is told of every full pool.
    if any(not asked or each in asked for each in limits):
        return FULL
    known = ("did not tolerate taint ", "nodepool requirements filtered out all available ")
    others = [each for each in reasons if not OTHER_POOL.match(each) and not LIMIT.match(each)]
    return NOT_STARTING if all(each.startswith(known) for each in others) else None


def of_machines(reason):
    """Return why none of the pool's machines does; None if that is not known."""
    kind = reason.partition(", requirements=")[0]
    if "offering" in kind:
        return OUT_OF_STOCK
    found = re.search(r"resources=(?:min=)?(\{[^}]*\})", reason)
    if "enough resources" not in kind or not found:
        return None
    return TOO_LARGE.format(needs=needs(json.loads(found[1])))


def needs(resources):
    """Return amounts as people say them."""
    parts = []
    if "cpu" in resources:
        parts.append(f"{math.ceil(number(resources['cpu']) * 10) / 10:g} cores")
    if "memory" in resources:
        parts.append(f"{math.ceil(number(resources['memory']) / 2**30 * 10) / 10:g} GiB of memory")
    for name, title in DEVICES.items():
        if count := int(number(resources.get(name, "0"))):
            parts.append(f"{count} {title}{'s' if count > 1 else ''}")
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def number(quantity):
    """Return a quantity of Kubernetes as a number."""
    digits, unit = re.fullmatch(r"([\d.]+)([A-Za-z]*)", quantity).groups()
    return float(digits) / 1000 if unit == "m" else float(digits) * UNITS.get(unit, 1)


# The chart's own by its name, or the class that another entry has made of it.
known = c.JupyterHub.get("spawner_class", "kubespawner.KubeSpawner")


class TellingSpawner(import_item(known) if isinstance(known, str) else known):
    """The hub's spawner, whose progress is told in sentences."""

    async def progress(self):
        """Yield each event, with the sentence before the cluster's own words."""
        async for step in super().progress():
            said = (step.get("raw_event") or {}).get("message") or ""
            meant = sentence(said, self.node_selector.get("jhub/pool"))
            if meant == said:
                yield step
                continue
            words = html.escape(step["message"])
            page = f"{html.escape(meant)}<details><summary>Details</summary>{words}</details>"
            yield {**step, "message": meant, "html_message": page}


c.JupyterHub.spawner_class = TellingSpawner
