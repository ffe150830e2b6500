/** A file that hosts download, and the key that its publisher signs it with. */
export interface SignedDownload {
  /** Where the file is. */
  readonly url: string;
  /** What the address of its signature has in addition: '.sig' or '.asc'. */
  readonly signature: string;
  /** Where the public key of the publisher is. If one address does not answer, the next is tried. */
  readonly keys: string[];
  /** The fingerprint of this key, as the publisher documents it. */
  readonly fingerprint: string;
}

/** Downloads a file. Retries what may pass, such as a host name that does not resolve yet. */
export function download(url: string, file: string): string {
  return `curl -fsSL --retry 5 --retry-connrefused -o ${file} "${url}"`;
}

/**
 * Commands that download a file and its signature into the working directory. They fail if the file is not signed by the key with the
 * fingerprint. The key itself need not be trusted, because GnuPG reports the fingerprint of the key that it checked the signature with.
 */
export function downloadVerified(file: string, { url, signature, keys, fingerprint }: SignedDownload): string[] {
  return [
    download(url, file),
    download(`${url}${signature}`, `${file}${signature}`),
    keys.map((key) => download(key, `${file}.key`)).join(' || '),
    'export GNUPGHOME="$PWD"',
    `gpg --batch --quiet --import ${file}.key`,
    `gpg --batch --status-fd 1 --verify ${file}${signature} ${file} | grep '^.GNUPG:. VALIDSIG .* ${fingerprint}$' > /dev/null`,
  ];
}
