import { call, goOn, onSubmit } from "./session.js";

const password = document.querySelector("#password");

onSubmit(document.querySelector("form"), async (fields) => {
  const session = await call("POST", "/session", {
    name: fields.get("name"),
    password: fields.get("password"),
  });
  if (session) return goOn();
  password.select();
});

document.querySelector("#name").focus();
