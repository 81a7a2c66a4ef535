import { call, goOn, onSubmit } from "./session.js";

const form = document.querySelector("form");

if (form) {
  onSubmit(form, async () => {
    if (await call("DELETE", "/session")) goOn();
  });
}
