-- Health of KubeRay's own RayService: Healthy once Serve has an endpoint and no application fails.
local status = obj.status or {}

local function answer(health, message)
  return { status = health, message = message }
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
  return answer("Progressing", "Waiting for KubeRay to end the Ray cluster")
end
if conditions.Suspended ~= nil and conditions.Suspended.status == "True" then
  return answer("Suspended", "This RayService is suspended")
end

-- The cluster that is being prepared first: it holds the last change.
local deploying = false
for _, cluster in ipairs({ status.pendingServiceStatus or {}, status.activeServiceStatus or {} }) do
  for name, application in pairs(cluster.applicationStatuses or {}) do
    if application.status == "DEPLOY_FAILED" or application.status == "UNHEALTHY" then
      return answer("Degraded", "Serve application " .. name .. " is " .. application.status .. ": " .. last_line(application.message))
    end
    deploying = deploying or application.status == "DEPLOYING"
  end
end

local ready = conditions.Ready
if ready == nil then
  return answer("Progressing", "Waiting for KubeRay to look at this RayService; is its operator running?")
end
-- KubeRay writes observedGeneration only together with other news, so an old one says nothing.
if ready.reason == "ValidationFailed" or ready.reason == "InitializingTimeout" then
  return answer("Degraded", "KubeRay: " .. ready.reason .. ": " .. (ready.message or ""))
end
if ready.status == "True" then
  return answer("Healthy", ready.message or "")
end
if deploying then
  return answer("Progressing", "Waiting for Ray Serve to load the application")
end
return answer("Progressing", "Waiting for the Ray cluster: " .. (ready.message or ready.reason or ""))
