/* Passkeys: makes one (data-passkey="add") or asks for one (data-passkey="authenticate").
 *
 * The options stand in the page as JSON, with the id passkey-gegevens; what the browser answers goes back in the
 * form's hidden field `credential`. Without passkeys in the browser, the other ways remain.
 */

document.querySelectorAll('[data-passkey]').forEach((place) => {
  const options = JSON.parse(document.getElementById('passkey-gegevens').textContent);
  const adds = place.dataset.passkey === 'add';
  const button = place.querySelector('[data-passkey-knop]');
  const wrong = place.querySelector('[data-passkey-fout]');
  if (!window.PublicKeyCredential) {
    const cannot = place.querySelector('[data-passkey-kan-niet]');
    if (cannot) cannot.hidden = false;
    button.disabled = true;
    return;
  }
  // Only for who has one.
  if (adds || options.request_options.publicKey.allowCredentials?.length) place.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    wrong.hidden = true;
    try {
      const credential = adds
        ? await window.webauthnJSON.create(options.creation_options)
        : await window.webauthnJSON.get(options.request_options);
      const field = place.querySelector('[name="credential"]');
      field.value = JSON.stringify(credential);
      field.form.submit();
    } catch {
      wrong.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
  button.form.addEventListener('submit', (event) => {
    // The Enter key in a field does what the button does.
    event.preventDefault();
    button.click();
  });
});
