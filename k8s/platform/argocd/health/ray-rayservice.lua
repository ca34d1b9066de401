-- Health of KubeRay's RayService: Healthy once Ray Serve has an endpoint and no application fails.
local status = obj.status or {}

local function health(status, message)
  return { status = status, message = message }
end

local function last_line(text)
  local last = ""
  for line in string.gmatch(text or "", "[^\r\n]+") do
    if string.match(line, "%S") then last = line end
  end
  return (string.gsub(last, "^%s*(.-)%s*$", "%1"))
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Waiting for KubeRay to delete the Ray cluster")
end
if conditions.Suspended ~= nil and conditions.Suspended.status == "True" then
  return health("Suspended", "This RayService is suspended")
end

-- The pending cluster comes first, because it has the last change.
local deploying = false
for _, cluster in ipairs({ status.pendingServiceStatus or {}, status.activeServiceStatus or {} }) do
  for name, application in pairs(cluster.applicationStatuses or {}) do
    if application.status == "DEPLOY_FAILED" or application.status == "UNHEALTHY" then
      return health("Degraded", "Serve application " .. name .. " is " .. application.status .. ": " .. last_line(application.message))
    end
    deploying = deploying or application.status == "DEPLOYING"
  end
end

local ready = conditions.Ready
if ready == nil then
  return health("Progressing", "Waiting for KubeRay to reconcile this RayService; is its operator running?")
end
-- KubeRay updates observedGeneration only together with other fields, so an older value does not mean an outdated status.
if ready.reason == "ValidationFailed" or ready.reason == "InitializingTimeout" then
  return health("Degraded", "KubeRay: " .. ready.reason .. ": " .. (ready.message or ""))
end
if ready.status == "True" then
  return health("Healthy", ready.message or "")
end
if deploying then
  return health("Progressing", "Waiting for Ray Serve to load the application")
end
return health("Progressing", "Waiting for the Ray cluster: " .. (ready.message or ready.reason or ""))
