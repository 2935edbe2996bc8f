// Passkeys need a script; everything else on these pages works without one.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const listed = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const ask = async (kind, options) => {
    const key = options.publicKey;
    key.challenge = bytes(key.challenge);
    if (kind === "create") {
      key.user.id = bytes(key.user.id);
      key.excludeCredentials = listed(key.excludeCredentials);
      return navigator.credentials.create({ publicKey: key });
    }
    key.allowCredentials = listed(key.allowCredentials);
    return navigator.credentials.get({ publicKey: key });
  };
  const answer = (credential) => {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) {
      response.attestationObject = text(said.attestationObject);
      if (said.getTransports) response.transports = said.getTransports();
    } else {
      response.authenticatorData = text(said.authenticatorData);
      response.signature = text(said.signature);
      response.userHandle = said.userHandle ? text(said.userHandle) : null;
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      extensions: {},
    });
  };
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      const field = form.elements.namedItem("answer");
      if (field.value) return;
      event.preventDefault();
      const fault = form.querySelector("[data-passkey-fault]");
      fault.hidden = true;
      try {
        field.value = answer(await ask(form.dataset.passkey, JSON.parse(form.dataset.options)));
        form.submit();
      } catch {
        fault.hidden = false;
      }
    });
  }
})();
