package cognito_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// replicaOf returns the original issuer of a pool in another Region.
func replicaOf(id, region string) string {
	return "https://cognito-idp." + region + ".amazonaws.com/" + id
}

// replicas serves key sets in other Regions. It notes every host that is asked.
type replicas struct {
	inner http.RoundTripper
	sets  map[string][]byte // by Region

	mu    sync.Mutex
	hosts []string
}

func (r *replicas) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.hosts = append(r.hosts, request.URL.Host)
	r.mu.Unlock()
	for region, set := range r.sets {
		if strings.HasSuffix(request.URL.Host, "."+region+".amazonaws.com") {
			return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(set)), Body: io.NopCloser(bytes.NewReader(set)), Header: http.Header{}, Request: request}, nil
		}
	}
	return r.inner.RoundTrip(request)
}

// replicated returns a verifier of a pool with a replica in us-west-2, whose key set is
// that of another pool, west.
func replicated(t *testing.T, change func(*cognito.Config)) (east, west *cognitotest.Pool, asked *replicas, verifier *cognito.Verifier) {
	t.Helper()
	issuer, other := cognitotest.NewIssuer(), cognitotest.NewIssuer()
	east, west = issuer.Pool(), other.Pool()
	// Issuers take their keys from one list, so that two of them have the same first ones.
	west.RotateKeys()
	west.RotateKeys()
	asked = &replicas{inner: issuer.Client().Transport, sets: map[string][]byte{"us-west-2": west.JWKS()}}
	verifier = newVerifier(t, issuer, func(c *cognito.Config) {
		c.HTTPClient = &http.Client{Transport: asked}
		c.UserPools[0].ReplicaRegions = []string{"us-west-2"}
		if change != nil {
			change(c)
		}
	})
	return east, west, asked, verifier
}

func TestTokenOfAReplicaIsAccepted(t *testing.T) {
	east, west, asked, verifier := replicated(t, nil)
	name := replicaOf(east.ID(), "us-west-2")
	token, err := verifier.VerifyAccessToken(t.Context(), west.AccessToken(cognitotest.Claim("iss", name)))
	if err != nil || token.Issuer() != name || token.UserPoolID() != east.ID() {
		t.Fatalf("got %v, %v", token, err)
	}
	if want := []string{"cognito-idp.us-west-2.amazonaws.com"}; !slices.Equal(asked.hosts, want) {
		t.Errorf("asked %q, want %q", asked.hosts, want)
	}
	checkVerdict(t, verifier, east.AccessToken(), cognito.TokenUseAccess, "")
}

// TestKeysOfOneRegionAreNotThoseOfAnother: each issuer's tokens are checked with the key
// set at its own address.
func TestKeysOfOneRegionAreNotThoseOfAnother(t *testing.T) {
	east, west, _, verifier := replicated(t, nil)
	name := replicaOf(east.ID(), "us-west-2")
	checkVerdict(t, verifier, east.AccessToken(cognitotest.Claim("iss", name)), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	checkVerdict(t, verifier, west.AccessToken(cognitotest.Claim("iss", east.OriginalIssuer())), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	checkVerdict(t, verifier, west.AccessToken(cognitotest.Claim("iss", name)), cognito.TokenUseAccess, "")
}

// TestRegionOfATokenIsNotTrusted: only configured Regions count, and no other host is ever
// asked for keys.
func TestRegionOfATokenIsNotTrusted(t *testing.T) {
	east, west, asked, verifier := replicated(t, nil)
	for _, iss := range []string{
		replicaOf(east.ID(), "eu-west-1"),
		replicaOf(east.ID(), "us-west-2.evil.example"),
		replicaOf(east.ID(), "us-west-2/"),
		replicaOf(east.ID(), "US-WEST-2"),
		"https://cognito-idp.us-west-2.amazonaws.com:443/" + east.ID(),
		"https://cognito-idp.us-west-2.amazonaws.com/" + east.ID() + "/",
		"https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Test00001",
		"http://cognito-idp.us-west-2.amazonaws.com/" + east.ID(),
		"https://issuer-cognito-idp.us-west-2.amazonaws.com/" + east.ID(),
		"https://cognito-idp-fips.us-west-2.amazonaws.com/" + east.ID(),
	} {
		checkVerdict(t, verifier, west.AccessToken(cognitotest.Claim("iss", iss)), cognito.TokenUseAccess, cognito.ErrIssuerMismatch)
	}
	if len(asked.hosts) != 0 {
		t.Errorf("asked %q", asked.hosts)
	}
}

func TestReplicaHasTheKeySetOfThePool(t *testing.T) {
	east, west, asked, verifier := replicated(t, func(c *cognito.Config) {
		source, err := keyset.NewStatic(cognitotest.NewIssuer().Pool().JWKS())
		if err != nil {
			t.Fatal(err)
		}
		c.UserPools[0].KeySet = source
	})
	name := replicaOf(east.ID(), "us-west-2")
	checkVerdict(t, verifier, west.AccessToken(cognitotest.Claim("iss", name)), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
	if len(asked.hosts) != 0 {
		t.Errorf("asked %q", asked.hosts)
	}
}

func TestReplicaKeysComeFromTheFIPSEndpointOfTheRegion(t *testing.T) {
	east, west, asked, verifier := replicated(t, func(c *cognito.Config) { c.UserPools[0].FIPS = true })
	checkVerdict(t, verifier, west.AccessToken(cognitotest.Claim("iss", replicaOf(east.ID(), "us-west-2"))), cognito.TokenUseAccess, "")
	if want := []string{"cognito-idp-fips.us-west-2.amazonaws.com"}; !slices.Equal(asked.hosts, want) {
		t.Errorf("asked %q, want %q", asked.hosts, want)
	}
}

func TestUpdatedIssuerOfAReplicatedPoolCanBeAbsent(t *testing.T) {
	east, _, _, verifier := replicated(t, nil)
	checkVerdict(t, verifier, east.AccessToken(cognitotest.Claim("iss", east.UpdatedIssuer())), cognito.TokenUseAccess, cognito.ErrKeyNotFound)
}

func TestFaultyReplicaRegionsAreReported(t *testing.T) {
	for name, test := range map[string]struct {
		regions []string
		issuer  string
		want    []string
	}{
		"good":        {[]string{"us-west-2", "eu-west-1"}, "", nil},
		"empty":       {[]string{""}, "", []string{`UserPools[0].ReplicaRegions[0] is empty; it looks like us-west-2`}},
		"a host":      {[]string{"us-west-2.evil.example/"}, "", []string{`UserPools[0].ReplicaRegions[0] "us-west-2.evil.example/" is not of the form of a Region`}},
		"China":       {[]string{"cn-north-1"}, "", []string{`"cn-north-1" is a region of AWS China`}},
		"GovCloud":    {[]string{"us-gov-west-1"}, "", []string{`"us-gov-west-1" is in the partition aws-us-gov; the user pool is in aws`}},
		"Europe":      {[]string{"eusc-de-east-1"}, "", []string{`"eusc-de-east-1" is in the partition aws-eusc; the user pool is in aws`}},
		"primary":     {[]string{"us-east-1"}, "", []string{`"us-east-1" is the primary Region of the user pool`}},
		"twice":       {[]string{"us-west-2", "us-west-2"}, "", []string{`UserPools[0].ReplicaRegions[1] "us-west-2" is named twice`}},
		"all at once": {[]string{"", "us-east-1"}, "", []string{"ReplicaRegions[0]", "ReplicaRegions[1]"}},
		"own issuer":  {[]string{"us-west-2"}, "https://idp.example.com", []string{`UserPools[0].ReplicaRegions has no effect with an Issuer`}},
	} {
		pool := goodPool()
		pool.ReplicaRegions, pool.Issuer = test.regions, test.issuer
		_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{pool}})
		checkFaults(t, name, err, test.want)
		if test.issuer == "" {
			_, err = cognito.Inspect(t.Context(), "x", cognito.InspectOptions{UserPoolIDs: []string{poolID}, ReplicaRegions: test.regions})
			if (err == nil) != (test.want == nil) {
				t.Errorf("%s: Inspect: %v", name, err)
			}
		}
		if names, err := cognito.Issuers(poolID, test.regions...); test.issuer == "" && (err == nil) != (test.want == nil) || len(names) > 0 && err != nil {
			t.Errorf("%s: Issuers: %q, %v", name, names, err)
		}
	}
}

// TestReplicasStayInTheirPartition, whatever that is.
func TestReplicasStayInTheirPartition(t *testing.T) {
	for _, test := range []struct {
		primary, replica string
		good             bool
	}{
		{"us-east-1", "eu-isoe-west-1", false}, {"us-gov-west-1", "us-gov-east-1", true}, {"us-gov-west-1", "us-west-2", false},
		{"us-iso-east-1", "us-iso-west-1", true}, {"us-iso-east-1", "us-isob-east-1", false}, {"us-isof-east-1", "us-isof-south-1", true}, {"eusc-de-east-1", "us-east-1", false},
		{"us-east-1", "mx-central-1", true}, {"us-east-1", "us-isog-east-1", false}, {"us-isog-east-1", "us-isog-west-1", true}, {"us-isog-east-1", "us-isoh-east-1", false},
	} {
		_, err := cognito.Issuers(test.primary+"_AbCdEfGhI", test.replica)
		if (err == nil) != test.good {
			t.Errorf("%s for %s: %v", test.replica, test.primary, err)
		}
		if id := cognito.UserPoolID(replicaOf(test.primary+"_AbCdEfGhI", test.replica)); (id != "") != test.good {
			t.Errorf("%s for %s: UserPoolID %q", test.replica, test.primary, id)
		}
	}
}

// checkFaults compares the lines of err with texts that they must contain, one for one.
func checkFaults(t *testing.T, name string, err error, want []string) {
	t.Helper()
	var got []string
	if err != nil {
		got = strings.Split(err.Error(), "\n")
	}
	if len(got) != len(want) {
		t.Errorf("%s: %q, want %q", name, got, want)
		return
	}
	for n := range want {
		if !strings.Contains(got[n], want[n]) {
			t.Errorf("%s: %q, want %q", name, got[n], want[n])
		}
	}
}

func TestPoolsShareNoIssuerOfAReplica(t *testing.T) {
	replicated, other := goodPool(), goodPool()
	replicated.ReplicaRegions = []string{"us-west-2"}
	other.ID, other.Issuer = "us-east-1_Other", replicaOf(poolID, "us-west-2")
	_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{replicated, other}})
	checkFaults(t, "two pools", err, []string{"is of another user pool than ID", "repeats an issuer of UserPools[0]"})
}

func TestIssuersAndUserPoolIDKnowReplicas(t *testing.T) {
	names, err := cognito.Issuers("us-east-1_AbC", "us-west-2", "eu-west-1")
	want := []string{
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC", "https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC",
		"https://cognito-idp.us-west-2.amazonaws.com/us-east-1_AbC", "https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_AbC",
	}
	if err != nil || !slices.Equal(names, want) {
		t.Errorf("got %q, %v", names, err)
	}
	for _, name := range names {
		if id := cognito.UserPoolID(name); id != "us-east-1_AbC" {
			t.Errorf("%s is of %q", name, id)
		}
	}
	for _, text := range []string{"us-west-2/us-east-1_AbC", "https://cognito-idp.us-west-2/us-east-1_AbC", "us-west-2.amazonaws.com/us-east-1_AbC"} {
		if id := cognito.UserPoolID(text); id != "" {
			t.Errorf("%q is of %q", text, id)
		}
	}
	for _, region := range []string{"", "us-west", "cn-north-1", "us-west-2.evil.example", "evil.example/us-west-2", "us-west-2@", "us-west-2:443", "us-west-2#"} {
		if id := cognito.UserPoolID(replicaOf("us-east-1_AbC", region)); id != "" {
			t.Errorf("%q is of %q", region, id)
		}
	}
	for _, name := range []string{
		"https://cognito-idp.us-west-2/us-east-1_AbC", "https://cognito-idp.us-west-2.amazonaws.com/x/us-east-1_AbC",
		"cognito-idp.us-west-2.amazonaws.com/us-east-1_AbC", "us-west-2/us-east-1_AbC", "https://cognito-idp.us-west-2.amazonaws.com//us-east-1_AbC",
	} {
		if id := cognito.UserPoolID(name); id != "" {
			t.Errorf("%s is of %q", name, id)
		}
	}
}

// TestAnswerAboutAnotherPoolIsNoDenialOfAReplica: Resolve is at fault, so nothing is known
// about the issuer.
func TestAnswerAboutAnotherPoolIsNoDenialOfAReplica(t *testing.T) {
	for _, answer := range []cognito.UserPool{
		{ID: "eu-west-1_Other", ClientIDs: []string{"web"}},
		{ID: tenant, ClientIDs: []string{"web"}, Issuer: "https://issuer.example.com/" + tenant},
	} {
		_, pool, _, verifier := multiTenant(t, func(c *cognito.Config) {
			c.Resolve = func(context.Context, string) (*cognito.UserPool, error) { return &answer, nil }
		})
		checkCode(t, verifier, pool.AccessToken(cognitotest.Claim("iss", replicaOf(tenant, "us-west-2"))), cognito.ErrCheckUnavailable)
	}
}

// TestResolveSaysWhichReplicasCount: Resolve gets the pool of every Region from UserPoolID.
// A Region that the pool does not name is a denial and no outage, which strangers could
// cause at will.
func TestResolveSaysWhichReplicasCount(t *testing.T) {
	other := cognitotest.NewIssuer().Pool()
	other.RotateKeys()
	other.RotateKeys()
	issuer, pool, tenants, verifier := multiTenant(t, func(c *cognito.Config) {
		c.HTTPClient = &http.Client{Transport: &replicas{inner: c.HTTPClient.Transport, sets: map[string][]byte{"us-west-2": other.JWKS()}}}
	})
	raw := other.AccessToken(cognitotest.Claim("iss", replicaOf(tenant, "us-west-2")), cognitotest.Claim("client_id", pool.ClientID()))
	for range 3 {
		checkCode(t, verifier, raw, cognito.ErrIssuerMismatch)
	}
	if n := tenants.calls(); n != 1 {
		t.Errorf("asked %d times about a denied issuer", n)
	}
	replicate := func(regions ...string) {
		tenants.set(func() {
			up := tenants.pools[tenant]
			up.ReplicaRegions = regions
			tenants.pools[tenant] = up
		})
		issuer.Clock().Advance(cognito.DefaultResolveMaxAge)
	}
	replicate("us-west-2")
	fresh := func() string {
		return other.AccessToken(cognitotest.Claim("iss", replicaOf(tenant, "us-west-2")), cognitotest.Claim("client_id", pool.ClientID()),
			cognitotest.Claim("exp", issuer.Clock().Now().Unix()+10_000))
	}
	checkCode(t, verifier, fresh(), "")
	replicate()
	checkCode(t, verifier, fresh(), cognito.ErrIssuerMismatch)
}

// TestResolveOfAnIssuerOfOnesOwnIsNoReplica: a pool with an Issuer has no other one, so that
// returning it for a name of Amazon's is a fault of Resolve.
func TestResolveOfAnIssuerOfOnesOwnIsNoReplica(t *testing.T) {
	_, pool, tenants, verifier := multiTenant(t, nil)
	tenants.set(func() {
		up := tenants.pools[tenant]
		up.Issuer = "https://idp.example.com/" + tenant
		tenants.pools[tenant] = up
	})
	checkCode(t, verifier, pool.AccessToken(cognitotest.Claim("iss", replicaOf(tenant, "us-west-2"))), cognito.ErrCheckUnavailable)
}

func TestInspectionNamesTheReplica(t *testing.T) {
	raw := cognitotest.NewIssuer().Pool().AccessToken(cognitotest.Claim("iss", replicaOf(poolID, "us-west-2")))
	for name, test := range map[string]struct {
		options cognito.InspectOptions
		want    cognito.Status
	}{
		"trusted":     {cognito.InspectOptions{UserPoolIDs: []string{poolID}, ReplicaRegions: []string{"us-west-2"}}, cognito.Passed},
		"not trusted": {cognito.InspectOptions{UserPoolIDs: []string{poolID}}, cognito.Failed},
		"no pool":     {cognito.InspectOptions{}, cognito.NotChecked},
	} {
		report, err := cognito.Inspect(t.Context(), raw, test.options)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range report.Checks {
			if check.Name != "issuer" {
				continue
			}
			if check.Status != test.want || test.want != cognito.Failed && !strings.Contains(check.Detail, "user pool "+poolID+" (the original issuer of a replica in us-west-2)") {
				t.Errorf("%s: %+v", name, check)
			}
		}
	}
}

// FuzzUserPoolID checks that an issuer that belongs to a pool is on one of Amazon's hosts,
// with nothing before or after.
func FuzzUserPoolID(f *testing.F) {
	for _, region := range []string{"us-west-2", "us-west-2.evil.example", "", "a@b", "us-west-2:1"} {
		f.Add(replicaOf("us-east-1_AbC", region))
	}
	f.Add("https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC")
	f.Fuzz(func(t *testing.T, issuer string) {
		id := cognito.UserPoolID(issuer)
		if id == "" {
			return
		}
		u, err := url.Parse(issuer)
		if err != nil || u.Scheme != "https" || u.Path != "/"+id || u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Port() != "" ||
			!strings.HasSuffix(u.Host, ".amazonaws.com") || strings.Count(u.Host, ".") != 3 || u.String() != issuer {
			t.Fatalf("%q is of %q", issuer, id)
		}
	})
}
