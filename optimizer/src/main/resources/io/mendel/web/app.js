'use strict';

// Everything from the server is put into the page as text, never as markup: names come from campaign files.
const INTERVAL = 2000;
const ROWS = 500;
const byId = (id) => document.getElementById(id);
const view = {status: null, candidates: [], sort: 'main', descending: true, selected: null, tags: {}};
let progressChart = null;
let frontChart = null;

function number(value, digits = 4) {
  return typeof value === 'number' && Number.isFinite(value) ? value.toFixed(digits) : '–';
}

function element(tag, text, className) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

function duration(seconds) {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts[0] + ':' + parts.slice(1).map((part) => String(part).padStart(2, '0')).join(':');
}

/** The document at a path; null if it is the one that was read before. */
async function changed(path) {
  const known = view.tags[path];
  const response = await fetch(path, known ? {headers: {'If-None-Match': known}} : {});
  if (response.status === 304) return null;
  const body = await response.json();
  if (!response.ok) throw new Error(body.error || response.statusText);
  view.tags[path] = response.headers.get('ETag');
  return body;
}

function showHeader() {
  const status = view.status;
  document.title = status.campaign + ' – Mendel';
  byId('name').textContent = status.campaign;
  byId('state').textContent = status.state;
  byId('state').className = 'state ' + status.state;
  const budget = status.budget;
  const limit = budget.evaluations || budget.generations || 0;
  const done = budget.evaluations ? status.evaluations : status.history.length;
  const share = status.state === 'finished' ? 1 : limit ? Math.min(1, done / limit) : 0;
  byId('bar').style.width = 100 * share + '%';
  byId('bar').parentElement.setAttribute('aria-valuenow', Math.round(100 * share));
  const pace = [];
  if (limit) pace.push(done + ' of ' + limit + (budget.evaluations ? ' evaluations' : ' generations'));
  pace.push(Math.round(status.timings.evaluations_per_hour) + ' evaluations an hour');
  pace.push(duration(status.timings.elapsed) + ' worked');
  byId('pace').textContent = pace.join(', ');
  const last = status.history.length ? status.history[status.history.length - 1] : {};
  const facts = [['best main', number(last.best_main)], ['hypervolume', number(status.hypervolume, 5)],
    ['archive', status.archive.length], ['evaluations', status.evaluations], ['failed', status.failed],
    ['generation', status.generation], ['seed', status.seed],
    ['winner', status.winner ? status.winner.id : '–'], ['waiting recipes', status.waiting]];
  byId('facts').replaceChildren(...facts.map(([term, value]) => {
    const pair = element('div');
    pair.append(element('dt', term), element('dd', String(value)));
    return pair;
  }));
}

function axis(title, position = 'left', grid = true) {
  return {position, title: {display: true, text: title, color: color('soft')}, ticks: {color: color('soft')},
    grid: {color: color('line'), drawOnChartArea: grid}, border: {color: color('line')}};
}

function options(scales, tooltip) {
  return {animation: false, maintainAspectRatio: false, scales,
    plugins: {legend: {labels: {color: color('text'), usePointStyle: true, boxHeight: 7}}, tooltip}};
}

function showProgress() {
  const points = (key) => view.status.history.filter((row) => row[key] !== null)
    .map((row) => ({x: row.evaluations, y: row[key]}));
  const line = (label, key, name, id) => ({label, data: points(key), yAxisID: id, borderColor: color(name),
    backgroundColor: color(name), pointRadius: 2, borderWidth: 2, stepped: true});
  const data = {datasets: [line('best main', 'best_main', 'accent', 'y'),
    line('hypervolume', 'hypervolume', 'second', 'volume')]};
  const settings = options({x: {...axis('evaluations', 'bottom'), type: 'linear'}, y: axis('best main'),
    volume: axis('hypervolume', 'right', false)}, {});
  if (progressChart) {
    progressChart.data = data;
    progressChart.options = settings;
    progressChart.update();
  } else {
    progressChart = new Chart(byId('progress'), {type: 'line', data, options: settings});
  }
}

function choose(select, names, index) {
  if (select.options.length !== names.length) {
    select.replaceChildren(...names.map((name) => element('option', name)));
    select.selectedIndex = Math.min(index, names.length - 1);
  }
  return names[select.selectedIndex];
}

function showFront() {
  const names = view.status.objectives.map((objective) => objective.name);
  const x = choose(byId('x'), names, 0);
  const y = choose(byId('y'), names, 1);
  const winner = view.status.winner ? view.status.winner.id : -1;
  const points = (rows) => rows.filter((row) => x in row.objectives && y in row.objectives)
    .map((row) => ({x: row.objectives[x], y: row.objectives[y], row}));
  const scored = view.candidates.filter((row) => row.failure === null && row.raced === null && row.evaluated);
  const group = (label, rows, name, radius, pointStyle) => ({label, data: points(rows), backgroundColor: color(name),
    borderColor: color(name), pointRadius: radius, pointHoverRadius: radius + 2, pointStyle});
  const data = {datasets: [
    group('winner', scored.filter((row) => row.id === winner), 'bad', 9, 'star'),
    group('archive', scored.filter((row) => row.archive), 'accent', 4, 'circle'),
    group('baselines', view.status.baselines, 'second', 5, 'triangle'),
    group('dominated', scored.filter((row) => !row.archive && row.id !== winner), 'faint', 2, 'circle')]};
  const tooltip = {callbacks: {label: (item) => (item.raw.row.name || 'candidate ' + item.raw.row.id) + ': '
    + number(item.raw.x) + ', ' + number(item.raw.y)}};
  const settings = options({x: {...axis(x, 'bottom'), type: 'linear'}, y: axis(y)}, tooltip);
  settings.onClick = (event, hits) => {
    const row = hits.length ? data.datasets[hits[0].datasetIndex].data[hits[0].index].row : null;
    if (row && row.id !== undefined) select(row.id);
  };
  if (frontChart) {
    frontChart.data = data;
    frontChart.options = settings;
    frontChart.update();
  } else {
    frontChart = new Chart(byId('front'), {type: 'scatter', data, options: settings});
  }
}

function columns() {
  return [['id', 'id', (row) => row.id, String], ['generation', 'generation', (row) => row.generation, String],
    ['main', 'main', (row) => row.main, number],
    ...view.status.objectives.map((objective) => ['objective ' + objective.name, objective.name,
      (row) => row.objectives[objective.name], number])];
}

function showTable() {
  const filter = byId('filter').value;
  const rows = view.candidates.filter((row) => filter === 'all' || (filter === 'failed'
    ? row.failure !== null : row.archive || (view.status.winner !== null && view.status.winner.id === row.id)));
  const shown = columns();
  const key = (shown.find(([name]) => name === view.sort) || shown[2])[2];
  const rank = (row) => typeof key(row) === 'number' ? key(row) : -Infinity;
  rows.sort((a, b) => (view.descending ? rank(b) - rank(a) : rank(a) - rank(b)) || a.id - b.id);
  const head = element('tr');
  for (const [name, label] of shown) {
    const cell = element('th');
    const button = element('button', label + (view.sort === name ? (view.descending ? ' ↓' : ' ↑') : ''));
    button.type = 'button';
    button.addEventListener('click', () => {
      view.descending = view.sort === name ? !view.descending : true;
      view.sort = name;
      showTable();
    });
    cell.append(button);
    head.append(cell);
  }
  head.append(element('th', filter === 'failed' ? 'reason' : 'origin', 'text'));
  const table = byId('candidates');
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...rows.slice(0, ROWS).map((row) => {
    const line = element('tr');
    line.dataset.id = row.id;
    line.tabIndex = 0;
    line.classList.toggle('winner', view.status.winner !== null && view.status.winner.id === row.id);
    line.classList.toggle('selected', view.selected === row.id);
    line.append(...shown.map(([, , value, format]) => element('td', format(value(row)))),
      element('td', filter === 'failed' ? row.failure : row.origin, 'text'));
    line.addEventListener('click', () => select(row.id));
    line.addEventListener('keydown', (event) => { if (event.key === 'Enter') select(row.id); });
    return line;
  }));
  byId('count').textContent = rows.length > ROWS ? 'the first ' + ROWS + ' of ' + rows.length : rows.length + ' candidates';
}

function gene(name, from, to, mark, text) {
  const track = element('div', undefined, 'track');
  const span = element('div', undefined, 'span');
  span.style.left = 100 * from + '%';
  span.style.width = 100 * (to - from) + '%';
  const line = element('div', undefined, 'mark');
  line.style.left = 'calc(' + 100 * mark + '% - 1px)';
  track.append(span, line);
  const label = element('span', name, 'label');
  label.title = name;
  return [label, track, element('span', text, 'value')];
}

function showGenes() {
  const members = view.candidates.filter((row) => row.archive && row.genes.length === view.status.genes.length);
  const lines = members.length === 0 ? [] : view.status.genes.flatMap((name, i) => {
    const values = members.map((row) => row.genes[i]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return gene(name, Math.min(...values), Math.max(...values), mean, mean.toFixed(2));
  });
  byId('genes').replaceChildren(...(lines.length ? lines : [element('span', 'nothing yet', 'note')]));
}

function showBaselines() {
  const names = view.status.objectives.map((objective) => objective.name);
  const head = element('tr');
  head.append(element('th', '', 'text'), element('th', 'main'), ...names.map((name) => element('th', name)));
  const body = view.status.baselines.map((row) => {
    const line = element('tr');
    line.append(element('td', row.name, 'text'), element('td', number(row.main)),
      ...names.map((name) => element('td', number(row.objectives[name]))));
    return line;
  });
  byId('baselines').tHead.replaceChildren(head);
  byId('baselines').tBodies[0].replaceChildren(...body);
  const failed = view.candidates.filter((row) => row.failure !== null);
  byId('failures').replaceChildren(...(failed.length
    ? failed.slice(-100).reverse().map((row) => element('li', 'candidate ' + row.id + ': ' + row.failure))
    : [element('li', 'none', 'note')]));
}

async function select(id) {
  view.selected = id;
  showTable();
  const response = await fetch('/api/candidates/' + id);
  const row = await response.json();
  if (!response.ok || view.selected !== id) return;
  byId('detail').hidden = false;
  byId('detail-title').textContent = 'Candidate ' + row.id + ', generation ' + row.generation + ', ' + row.origin;
  const scores = [];
  if (row.failure !== null) scores.push(['failed', row.failure]);
  if (row.raced !== null) scores.push(['given up', row.raced]);
  for (const [name, value] of Object.entries(row.objectives)) scores.push([name, number(value)]);
  for (const [task, metrics] of Object.entries(row.scores)) {
    for (const [metric, value] of Object.entries(metrics)) {
      if (metric.endsWith('_stderr')) continue;
      const error = metrics[metric + '_stderr'];
      scores.push([task + ' ' + metric, number(value) + (error === undefined ? '' : ' ± ' + number(error))]);
    }
  }
  byId('detail-scores').tBodies[0].replaceChildren(...scores.map(([name, value]) => {
    const line = element('tr');
    line.append(element('td', name, 'text'), element('td', value));
    return line;
  }));
  const genes = row.genes.flatMap((value, i) => gene(view.status.genes[i] || String(i), 0, value, value, value.toFixed(3)));
  byId('detail-genes').replaceChildren(...(genes.length ? genes : [element('span', 'not a point of the space', 'note')]));
  byId('detail-recipe').textContent = row.recipe;
  byId('detail').scrollIntoView({block: 'nearest'});
}

function showAll() {
  showHeader();
  showProgress();
  showFront();
  showTable();
  showGenes();
  showBaselines();
}

async function refresh() {
  try {
    const status = await changed('/api/status');
    const candidates = await changed('/api/candidates');
    if (status) view.status = status;
    if (candidates) view.candidates = candidates.candidates;
    if (status || candidates) showAll();
    byId('problem').hidden = true;
  } catch (failure) {
    byId('problem').textContent = 'No news: ' + failure.message;
    byId('problem').hidden = false;
  }
  setTimeout(refresh, INTERVAL);
}

byId('x').addEventListener('change', showFront);
byId('y').addEventListener('change', showFront);
byId('filter').addEventListener('change', showTable);
byId('close').addEventListener('click', () => {
  byId('detail').hidden = true;
  view.selected = null;
  showTable();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { if (view.status) showAll(); });
refresh().then(() => {
  const wanted = Number(location.hash.replace('#candidate-', ''));
  if (location.hash && view.status && Number.isInteger(wanted)) select(wanted);
});
