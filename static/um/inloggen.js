/* data-vul-in: fills in a demonstration account. */

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-vul-in]');
  const form = button && document.querySelector('form:has([name="password"])');
  if (!form) return;
  form.elements.login.value = button.dataset.gebruikersnaam;
  form.elements.password.value = button.dataset.wachtwoord;
  const submit = form.querySelector('button[type="submit"]');
  submit.scrollIntoView({ block: 'center' });
  submit.focus();
});
