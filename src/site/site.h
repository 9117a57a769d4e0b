#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.h"
#include "site/bundle.h"

namespace sewa::site {

// A static web app, answered from memory.
//
// Frozen after `build`; shared by all shards. Files whose name carries a hash (`_next/static/…`)
// are cached for ever, pictures for a day, as browsers ask for a page's icon whenever its address
// changes; everything else is revalidated by ETag. Text is also held compressed. Pages get a
// Content-Security-Policy that allows exactly their own inline scripts, by hash.
class Site {
public:
    static std::shared_ptr<Site const> build(std::vector<File> files);

    // Answers GET and HEAD of a page or file, 404 with the app's own page, 405 for other methods.
    void answer(http::RequestContext& context) const;

    bool empty() const { return entries_.empty(); }

private:
    struct Entry {
        std::string bytes;
        std::string gzip;  // Empty: not worth it.
        std::string_view content_type;
        std::string etag;
        std::string policy;  // Of pages.
        std::string_view cache_control;
    };

    Entry const* find(std::string_view path) const;
    static Entry make_entry(File file);
    http::Response respond(http::Request const& request, Entry const& entry, int status) const;

    std::map<std::string, Entry, std::less<>> entries_;
};

// How long browsers may keep the file without asking (RFC 9111, §5.2.2).
std::string_view cache_control_of(std::string_view path);

// "'self' 'sha256-…' …" for the inline scripts of a page (CSP Level 3, §6.7).
std::string script_sources(std::string_view html);

}  // namespace sewa::site
