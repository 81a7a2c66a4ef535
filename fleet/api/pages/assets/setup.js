import { call, goOn, onSubmit, secretOfLink, showBySecret } from "./session.js";

showBySecret();

onSubmit(document.querySelector("form"), async (fields) => {
  const session = await call("POST", "/setup", {
    secret: secretOfLink(),
    name: fields.get("name"),
    password: fields.get("password"),
  });
  if (session) goOn();
});
