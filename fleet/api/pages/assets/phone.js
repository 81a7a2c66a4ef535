import { call, onSubmit, secretOfLink, showBySecret } from "./session.js";

const form = document.querySelector("#with-secret");

showBySecret();

// Only a tap uses the code up: programs that look at links before people do would sign themselves in.
onSubmit(form, async () => {
  const device = await call("POST", "/devices", { secret: secretOfLink() });
  if (!device) return;
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("#driver").textContent = device.account.driver;
  form.hidden = true;
  document.querySelector("#done").hidden = false;
  document.querySelector("#told").focus();
});
