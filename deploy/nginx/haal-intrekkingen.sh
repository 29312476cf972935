#!/bin/sh
# Haalt de intrekkingslijsten op die in /etc/um/bron/intrekkingen.adressen staan (een per regel, bij elke uitgever
# in uitgevers.pem een), en laat nginx ze lezen. Gaat er een mis, dan blijft alles zoals het was: een lijst die er
# nog is, is beter dan geen, tot hij verloopt.
set -eu
map=${1:-/etc/um/bron}
werk=$(mktemp -d)
trap 'rm -rf "$werk"' EXIT
while read -r adres; do
    case "$adres" in ''|'#'*) continue ;; esac
    curl --fail --silent --show-error --max-time 60 --output "$werk/lijst" "$adres"
    openssl crl -inform DER -in "$werk/lijst" -out "$werk/pem" 2>/dev/null ||
        openssl crl -inform PEM -in "$werk/lijst" -out "$werk/pem"
    # Alleen een lijst die een van de vertrouwde uitgevers heeft ondertekend.
    openssl crl -in "$werk/pem" -noout -CAfile "$map/uitgevers.pem" 2>&1 | grep -q '^verify OK' || {
        echo "De intrekkingslijst van $adres is niet van een vertrouwde uitgever." >&2
        exit 1
    }
    cat "$werk/pem" >> "$werk/samen"
done < "$map/intrekkingen.adressen"
install -m 0644 "$werk/samen" "$map/intrekkingen.nieuw"
mv "$map/intrekkingen.nieuw" "$map/intrekkingen.pem"
if command -v systemctl >/dev/null; then systemctl reload nginx; fi
