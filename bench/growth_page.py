"""Plots of growth.py as one page: inline SVG, no scripts, no other files."""
import html
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 280, 70, 690, 34, 234
COLOURS = ["#0b7285", "#d9480f", "#5f3dc4", "#2b8a3e"]
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 760px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2.5rem }
table { border-collapse: collapse; font-size: 13px } td, th { padding: .1rem .6rem; text-align: right }
svg { width: 100%; margin: .5rem 0 } svg text { font-size: 12px; fill: currentColor; opacity: .8 }
svg .t { font-weight: 600; opacity: 1 } svg .m { text-anchor: middle } svg .e { text-anchor: end }
svg line { stroke: currentColor; opacity: .15 } svg polyline { fill: none; stroke-width: 2 }
"""


def decades(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def plot(title, x_name, rows, columns):
    """Both axes logarithmic: proportional growth is a line of slope 1, constant cost a level one."""
    xs = [row["x"] for row in rows]
    ys = [row[column] for column in columns for row in rows if row.get(column, 0) > 0]
    if not ys or len(xs) < 2:
        return ""
    (low, high), (first, last) = decades(ys), (math.log10(min(xs)), math.log10(max(xs)))

    def left(x):
        return LEFT + (math.log10(x) - first) / (last - first) * (RIGHT - LEFT)

    def top(y):
        return BOTTOM - (math.log10(y) - low) / (high - low) * (BOTTOM - TOP)

    out = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}">',
           f'<text x="6" y="16" class="t">{html.escape(title)}</text>',
           f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 36}" class="m">{html.escape(x_name)}</text>']
    for power in range(low, high + 1):
        y = top(10 ** power)
        out.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                   f'<text x="{LEFT - 6}" y="{y + 4:.1f}" class="e">{10 ** power:,g}</text>')
    out += [f'<text x="{left(x):.1f}" y="{BOTTOM + 16}" class="m">{x:,}</text>' for x in xs]
    for index, column in enumerate(columns):
        points = " ".join(f"{left(row['x']):.1f},{top(row[column]):.1f}" for row in rows if row.get(column, 0) > 0)
        colour = COLOURS[index]
        out.append(f'<polyline stroke="{colour}" points="{points}"/><text x="{RIGHT - 150 * index}" y="16" class="e" '
                   f'style="fill:{colour}">{html.escape(column)}</text>')
    return "".join([*out, "</svg>\n"])


def table(rows):
    names = list(rows[0])
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{row.get(name, ''):,}</td>" if not isinstance(row.get(name, ""), str) else
                                    f"<td>{html.escape(row.get(name, ''))}</td>" for name in names) + "</tr>"
                   for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>\n"


def page(sections):
    """`sections`: (title, name of x, rows, [(title of a plot, columns)])."""
    out = ['<!doctype html>\n<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
           f"<title>Growth</title>\n<style>{STYLE}</style>\n<h1>Growth</h1>\n"]
    for title, x_name, rows, plots in sections:
        out.append(f"<h2>{html.escape(title)}</h2>\n")
        out += [plot(name, x_name, rows, columns) for name, columns in plots]
        out.append(table(rows))
    return "".join([*out, "</html>\n"])
