package api

import (
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

type listUserPoolsInput struct {
	MaxResults *int
	NextToken  string
}

type listUserPoolsOutput struct {
	UserPools []poolSummary
	NextToken string `json:",omitempty"`
}

// poolSummary is UserPoolDescriptionType.
type poolSummary struct {
	ID               string `json:"Id"`
	Name             string
	LambdaConfig     json.RawMessage
	LastModifiedDate *timestamp `json:",omitempty"`
	CreationDate     *timestamp `json:",omitempty"`
}

func (a *API) listUserPools(ctx context.Context, in listUserPoolsInput) (listUserPoolsOutput, error) {
	out := listUserPoolsOutput{UserPools: []poolSummary{}}
	var c constraints
	c.present("MaxResults", in.MaxResults != nil)
	c.between("MaxResults", in.MaxResults, 1, maxPage)
	if err := c.err(); err != nil {
		return out, err
	}
	after, err := afterKey(in.NextToken)
	if err != nil {
		return out, err
	}
	err = a.Store.View(ctx, func(tx store.Tx) error {
		pools, next, err := page(listedPools(ctx, directory.Pools(tx, after)), in.MaxResults, func(p directory.Pool) string { return p.ID })
		for _, p := range pools {
			lambdas := p.Settings["LambdaConfig"]
			if lambdas == nil {
				lambdas = json.RawMessage("{}")
			}
			out.UserPools = append(out.UserPools, poolSummary{p.ID, p.Name, lambdas, stamp(p.ModifiedAt), stamp(p.CreatedAt)})
		}
		out.NextToken = next
		return err
	})
	return out, err
}

// listedPools yields the pools that a list for the request has.
func listedPools(ctx context.Context, pools iter.Seq2[directory.Pool, error]) iter.Seq2[directory.Pool, error] {
	return func(yield func(directory.Pool, error) bool) {
		for p, err := range pools {
			if err == nil && !isListed(ctx, p) {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// maxTags is how many tags a pool can have.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const maxTags = 50

type tagsInput struct {
	ResourceARN string `json:"ResourceArn"`
	Tags        map[string]string
	TagKeys     []string
}

type tagsOutput struct{ Tags map[string]string }

// tagged runs work on the tags of the pool that the request's ARN names, and keeps
// them if work says so.
func (a *API) tagged(ctx context.Context, in tagsInput, work func(tags map[string]string) (changed bool)) error {
	var c constraints
	c.required("ResourceArn", in.ResourceARN, arnShape)
	for _, name := range slices.Sorted(maps.Keys(in.Tags)) {
		c.maxLength("tags", name, 128)
		c.maxLength("tags."+shorten(name), in.Tags[name], 256)
	}
	if err := c.err(); err != nil {
		return err
	}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		p, err := poolOfARN(tx, in.ResourceARN)
		if err != nil {
			return err
		}
		tags := map[string]string{}
		if raw, ok := p.Settings["UserPoolTags"]; ok {
			if err := json.Unmarshal(raw, &tags); err != nil {
				return err
			}
		}
		if !work(tags) {
			return nil
		}
		if len(tags) > maxTags {
			return invalidParameter("Cannot have more than %d tags", maxTags) // the words are a guess
		}
		raw, err := json.Marshal(tags)
		if err != nil {
			return err
		}
		if p.Settings == nil {
			p.Settings = map[string]json.RawMessage{}
		}
		p.Settings["UserPoolTags"] = raw
		return directory.PutPool(tx, p)
	})
}

// poolOfARN finds a pool by its ARN. The message for other ARNs is a guess.
func poolOfARN(tx store.Tx, arn string) (directory.Pool, error) {
	for p, err := range directory.Pools(tx, "") {
		if err != nil {
			return p, err
		}
		if p.ARN() == arn {
			return p, nil
		}
	}
	return directory.Pool{}, notFound("Resource %s does not exist.", arn)
}

func (a *API) listTagsForResource(ctx context.Context, in tagsInput) (tagsOutput, error) {
	var out tagsOutput
	err := a.tagged(ctx, tagsInput{ResourceARN: in.ResourceARN}, func(tags map[string]string) bool {
		out.Tags = tags
		return false
	})
	return out, err
}

func (a *API) tagResource(ctx context.Context, in tagsInput) (empty, error) {
	return empty{}, a.tagged(ctx, in, func(tags map[string]string) bool {
		for name, value := range in.Tags {
			tags[name] = value
		}
		return true
	})
}

func (a *API) untagResource(ctx context.Context, in tagsInput) (empty, error) {
	return empty{}, a.tagged(ctx, in, func(tags map[string]string) bool {
		for _, name := range in.TagKeys {
			delete(tags, name)
		}
		return true
	})
}
