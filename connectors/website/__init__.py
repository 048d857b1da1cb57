"""The website connector: pages that a sitemap lists, or that a crawl finds."""
