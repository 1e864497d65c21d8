local waits = (obj.status or {}).status == "AwaitingHumanApproval"
local actions = {}
actions["approve"] = {
  ["disabled"] = not waits,
  ["iconClass"] = "fa fa-fw fa-check",
  ["displayName"] = "Approve"
}
actions["reject"] = {
  ["disabled"] = not waits,
  ["iconClass"] = "fa fa-fw fa-times",
  ["displayName"] = "Reject",
  ["params"] = { { ["name"] = "reason" } }
}
return actions
