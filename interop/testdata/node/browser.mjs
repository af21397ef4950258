// A browser for programs without one: fetch with a cookie jar, which follows
// redirects and fills in the pool's sign-in form.
import { assert } from "./story.mjs";

export class Browser {
  cookies = new Map();

  // Requests an address and follows redirects while they stay at the origin that it
  // began with. Returns where a redirect leaves it, or the page in the end.
  async visit(address, options = {}) {
    let url = new URL(address);
    const { origin } = url;
    for (let hops = 0; hops < 10; hops++) {
      const response = await fetch(url, {
        ...options,
        redirect: "manual",
        headers: { ...options.headers, cookie: this.cookieHeader() },
      });
      this.keep(response);
      if (response.status < 300 || response.status > 399) {
        return { url, status: response.status, page: await response.text() };
      }
      url = new URL(response.headers.get("location"), url);
      if (url.origin !== origin) return { left: url };
      options = {};
    }
    throw new Error("too many redirects");
  }

  cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  keep(response) {
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (/max-age=(0|-\d+)/i.test(cookie) || value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  // Opens an authorization request, and signs in at the form that is shown.
  async signIn(address, username, password) {
    const { url, page, left } = await this.visit(address);
    assert(!left, `no form, but ${left}`);
    const attribute = (pattern) => {
      const match = pattern.exec(page);
      assert(match, `no ${pattern} in ${page}`);
      return match[1].replaceAll("&amp;", "&").replaceAll("&#43;", "+");
    };
    const form = new URLSearchParams({
      _csrf: attribute(/name="_csrf" value="([^"]*)"/),
      username,
      password,
    });
    return this.visit(new URL(attribute(/action="([^"]*)"/), url), {
      method: "POST",
      body: form.toString(),
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    });
  }
}

// What a sign-in page says is wrong.
export function problemOf({ status, page, left }) {
  assert(!left, `signed in: ${left}`);
  return { status, problem: /role="alert">([^<]*)</.exec(page)?.[1] };
}
