-- Health of a RayService of kro.run: Healthy once the model answers. Without this check, Argo CD shows every applied instance as
-- healthy. The message is for the user who requested the Ray Service.
local status = obj.status or {}

local function health(status, message)
  return { status = status, message = message }
end

-- Code of the tenant may have written these texts, of any length. Argo CD ends a check between two calls only, so no call may take the
-- square of its text: texts and lines are cut first, and no pattern here has two repetitions that can share characters.
local LONGEST_TEXT, LONGEST_LINE = 65536, 1024

local function trim(line)
  line = string.sub(line, 1, LONGEST_LINE)
  local first = string.find(line, "%S")
  if first == nil then return "" end
  return string.sub(line, first, #line + 1 - string.find(string.reverse(line), "%S"))
end

-- What is wrong, in one line. An exception is the last line. pip says it in its lines of errors, and Ray goes on after them.
local function cause(text)
  text = string.sub(text, -LONGEST_TEXT)
  local packages = string.find(text, "RuntimeEnvSetupError", 1, true) or string.find(text, "runtime env failed", 1, true)
  local last, pip = "", nil
  for line in string.gmatch(text, "[^\r\n]+") do
    line = trim(line)
    if line ~= "" then last = line end
    if packages and string.sub(line, 1, 6) == "ERROR:" then pip = line end
  end
  return pip or last
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", "Waiting for kro to delete the namespace " .. obj.spec.namespace .. " and everything in it")
end
if ((obj.metadata.annotations or {})["kro.run/reconcile"]) == "suspended" then
  return health("Suspended", "kro does not reconcile this Ray Service: the annotation kro.run/reconcile is suspended")
end
if conditions.Ready == nil then
  return health("Progressing", "Waiting for kro to reconcile this Ray Service; is kro running, and is its ResourceGraphDefinition rayservice.kro.run active?")
end
if conditions.Ready.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "Waiting for kro to reconcile the last change")
end

-- kro retries after every error, and often succeeds: after its own start, after a newer definition, or when the API server did not
-- answer. Only a refusal by the API server is permanent.
local failure = nil
for _, kind in ipairs({ "InstanceManaged", "GraphResolved" }) do
  if failure == nil and conditions[kind] ~= nil and conditions[kind].status == "False" then failure = conditions[kind] end
end
if failure == nil and status.state == "ERROR" then failure = conditions.ResourcesReady or conditions.Ready end
if failure ~= nil then
  local text = failure.message or failure.reason or "error"
  local refused = string.match(text, "graph revision %d+ failed") ~= nil
  for _, refusal in ipairs({ "denied", "forbidden", "is invalid", "different ApplySet" }) do
    if string.find(text, refusal, 1, true) and not string.find(text, "being terminated", 1, true) then refused = true end
  end
  if refused then return health("Degraded", "kro: " .. text) end
  return health("Progressing", "kro tries again: " .. text)
end

-- The definition writes each application as name=STATUS, and below it, indented, what Ray Serve says of it; an exception last.
local applications = {}
for line in string.gmatch(string.sub(status.serveApplications or "", 1, LONGEST_TEXT), "[^\n]+") do
  local name, state = string.match(string.sub(line, 1, LONGEST_LINE), "^(%S.*)=([A-Z_]*)$")
  if name ~= nil then
    table.insert(applications, { name = name, status = state, lines = {} })
  elseif #applications > 0 then
    table.insert(applications[#applications].lines, line)
  end
end
for _, application in ipairs(applications) do
  application.text = table.concat(application.lines, "\n")
end

for _, failure in ipairs({ "DEPLOY_FAILED", "UNHEALTHY" }) do
  for _, application in ipairs(applications) do
    if application.status == failure then
      return health("Degraded", "Serve application " .. application.name .. " is " .. failure .. ": " .. cause(application.text))
    end
  end
end

-- Only the newest spec counts: the condition was compared with it above.
local missing = status.missingSecrets or ""
local answers = conditions.Ready.status == "True" and status.rayClusterReady == true
if missing ~= "" and not answers then
  return health("Progressing", "Waiting for Secrets in the namespace " .. obj.metadata.namespace .. " with the label rayservice-scaffolder/use=true: " .. missing)
end

-- Serve tries again after an exception, and says what replicas wait for. The exception is what people can do something about.
local deploying = nil
for _, application in ipairs(applications) do
  if application.status == "DEPLOYING" then
    deploying = deploying or application
    if string.find(application.text, "Traceback", 1, true) and not string.find(deploying.text, "Traceback", 1, true) then
      deploying = application
    end
  end
end

local reason = status.readyReason or ""
local message = status.readyMessage or ""
if reason == "ValidationFailed" or reason == "InitializingTimeout" then
  return health("Degraded", "KubeRay: " .. reason .. ": " .. message)
end
local because = ""
if deploying ~= nil and cause(deploying.text) ~= "" then because = ": " .. cause(deploying.text) end
if answers then
  -- KubeRay calls it ready as long as anything answers, even if that is the version before.
  if deploying ~= nil then
    return health("Progressing", "The model answers; Ray Serve deploys the application " .. deploying.name .. because)
  end
  return health("Healthy", "The model answers")
end
if deploying ~= nil then
  return health("Progressing", "Waiting for Ray Serve to load the application" .. because)
end
if reason ~= "" then
  return health("Progressing", "Waiting for the Ray cluster: " .. message)
end
return health("Progressing", "Waiting for kro to create namespace and Ray cluster: " .. (conditions.Ready.message or ""))
