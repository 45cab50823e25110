/* Habitue: <script src="https://HOST/habitue.js" data-key="KEY" async></script>
   Stores nothing in the browser before habitue.consent({analytics: true}).
   data-consent="required" sends nothing before it either. */
((w, d, n) => {
  const tag = d.currentScript, set = tag.dataset, to = new URL("v1/batch", tag.src).href,
    need = set.consent == "required", category = set.category || "analytics"
  let queue = [], user, prefs, timer, busy, wait = 1e3
  const id = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), x => (256 + x).toString(16).slice(1)).join("")
  let anon = id()
  const store = (how, value) => {
    try { return localStorage[how + "Item"]("habitue", value) } catch (e) { /* storage is off */ }
  }
  const here = () => d.location.origin + d.location.pathname
  const now = () => new Date().toISOString()
  const allowed = () => prefs ? prefs[category] === true : !need
  const body = batch => JSON.stringify({
    writeKey: set.key, batch, sentAt: now(), context: { library: { name: "habitue.js" } }
  })
  const say = e => {
    if (prefs) e.context.consent = { categoryPreferences: prefs }
    e.anonymousId = anon
  }
  const later = ms => { clearTimeout(timer); timer = setTimeout(send, ms) }
  const add = (type, more, always) => {
    if (prefs && !allowed() && !always) return
    const e = {
      type, messageId: id(), timestamp: now(), context: {
        page: { url: here(), path: d.location.pathname, title: d.title, referrer: d.referrer.split("?")[0] },
        locale: n.language
      }, ...more
    }
    if (user) e.userId = user
    say(e)
    queue.push(e)
    if (queue.length > 500) queue.shift()
    later(queue.length < 20 ? wait : 0)
  }
  const free = () => queue.length && (prefs || !need)
  const send = () => {
    if (busy || !free() || n.onLine === false) return
    const part = queue.slice(0, 50), done = r => {
      busy = 0
      /* what the collector can't take now it may take later; what is wrong stays wrong */
      if (!r || r.status == 429 || r.status > 499) return later(wait = Math.min(wait * 2, 6e4))
      queue = queue.filter(e => !part.includes(e))
      wait = 1e3
      if (queue.length) later(0)
    }
    busy = 1
    fetch(to, { method: "POST", body: body(part), credentials: "omit" }).then(done, () => done())
  }
  const leave = () => {
    /* a beacon holds 64 KB; an event sent twice bears the same messageId */
    while (free() && n.sendBeacon(to, body(queue.slice(0, 20)))) queue.splice(0, 20)
  }
  const api = {
    track: (event, properties) => add("track", { event, properties: properties || {} }),
    page: (name, properties) => add("page", { name, properties: { url: here(), ...properties } }),
    identify: (userId, traits) => { user = userId || user; add("identify", { traits: traits || {} }) },
    consent: chosen => {
      const was = store("get")
      prefs = chosen
      if (allowed()) store("set", anon = was || anon)
      else { queue = []; store("remove") }
      queue.forEach(say)
      if (allowed() || was || user) add("track", { event: "Segment Consent Preference Updated" }, 1)
      if (!allowed()) { anon = id(); user = 0 }
    },
    push: call => api[call[0]](...call.slice(1)),
    flush: send
  }
  ;(w.habitue || []).forEach(api.push)
  w.habitue = api
  w.addEventListener("online", send)
  w.addEventListener("pagehide", leave)
  d.addEventListener("visibilitychange", () => d.visibilityState == "hidden" && leave())
})(window, document, navigator)
