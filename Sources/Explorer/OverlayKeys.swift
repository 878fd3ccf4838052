import Cells
import Core

// Keys while something stands in front of the panes.
extension State {
  mutating func overlayKey(_ key: Key, _ overlay: Overlay) -> [Effect] {
    switch overlay {
    case .prompt(let prompt): return promptKey(key, prompt)
    case .chooser(let chooser): return chooserKey(key, chooser)
    case .pairs(let picker): return pickerKey(key, picker)
    case .jobs(let board): return boardKey(key, board)
    case .form: return formKey(key)
    case .freeze: return freezeKey(key)
    case .help(let reader):
      self.overlay = readerKey(key, reader).map { .help($0) }
    case .text(let reader):
      self.overlay = readerKey(key, reader).map { .text($0) }
    }
    return []
  }

  /// Puts pasted text where text is being typed.
  mutating func paste(_ text: String) -> [Effect] {
    switch overlay {
    case .prompt(var prompt):
      prompt.line.paste(text)
      return retyped(prompt)
    case .chooser(var chooser):
      chooser.line.paste(text)
      chooser.cursor = 0
      overlay = .chooser(chooser)
    case .help(var reader):
      reader.line.paste(text)
      reader.top = 0
      overlay = .help(reader)
    case .text(var reader):
      reader.line.paste(text)
      reader.top = 0
      overlay = .text(reader)
    case .form: return text.unicodeScalars.flatMap { formKey(.character($0)) }
    case .pairs, .jobs, .freeze, nil:
      message = .error("pasted text goes where text is typed: / f v or : first")
    }
    return []
  }

  private mutating func promptKey(_ key: Key, _ prompt: Prompt) -> [Effect] {
    var prompt = prompt
    switch key {
    case .enter:
      return accept(prompt)
    case .escape, .control("c"), .control("g"):
      overlay = prompt.isOfForm ? .form : nil
      return cancel(prompt)
    case .tab where prompt.isOfForm:
      return [.jobs(.complete(CompletionRequest(.recipe, prompt.line.text)))]
    default:
      guard prompt.line.apply(key) else { return [] }
      return retyped(prompt)
    }
  }

  private mutating func retyped(_ prompt: Prompt) -> [Effect] {
    var prompt = prompt
    let effects = preview(&prompt)
    overlay = .prompt(prompt)
    return effects
  }

  /// Keeps the prompt open, with what is wrong behind the answer.
  private mutating func refuse(_ prompt: Prompt, _ reason: String) -> [Effect] {
    var prompt = prompt
    (prompt.hint, prompt.isRefused) = (reason, true)
    overlay = .prompt(prompt)
    return []
  }

  /// Shows what the answer would do, while it is being typed.
  private mutating func preview(_ prompt: inout Prompt) -> [Effect] {
    let text = prompt.line.text
    (prompt.hint, prompt.isRefused) = ("", false)
    switch prompt.purpose {
    case .findLayer:
      crosshair = prompt.crosshair
      lastFound = nil
      guard !text.isEmpty else { return [] }
      prompt.hint = find(text, forwards: true, includingHere: true) ? "" : "no layer matches"
      message = nil
    case .searchResults:
      listSearch = text
      return moveListCursor(to: wanted)
    case .filter: prompt.hint = filterHint(text)
    case .range:
      if !text.isEmpty, ValueRange(text: text) == nil { prompt.hint = Self.rangeHelp }
    case .saveRecipe, .openRecipe: break
    }
    return []
  }

  private static let rangeHelp = "two numbers LOW,HIGH, percentiles 2%,98%, data or unit"

  private func filterHint(_ text: String) -> String {
    guard let result = layerResult else { return "" }
    do {
      let filter = try LayerFilter(text)
      let axes = result.comparison.axes(order: settings.labelOrder)
      let rows = filter.indices(of: axes.rows.layers).count
      let columns = filter.indices(of: axes.columns.layers).count
      return "\(rows) of \(axes.rows.layers.count) rows, "
        + "\(columns) of \(axes.columns.layers.count) columns"
    } catch {
      return error.description
    }
  }

  private mutating func accept(_ prompt: Prompt) -> [Effect] {
    let text = prompt.line.text
    overlay = nil
    switch prompt.purpose {
    case .findLayer:
      guard !text.isEmpty else { return [] }
      lastFind = text
      lastFound = nil
      if !find(text, forwards: true, includingHere: true) {
        message = .error("no layer matches \(text)")
      }
    case .searchResults:
      return showUnderCursor(listLines)
    case .filter: return setFilter(text, prompt)
    case .range:
      guard !text.isEmpty else { return [] }
      guard let range = ValueRange(text: text) else {
        return refuse(prompt, Self.rangeHelp)
      }
      if difference != nil { return setDifferenceRange(range) }
      settings.range = range
      return note("colour range: \(range.name)")
    case .saveRecipe, .openRecipe: return acceptRecipe(prompt)
    }
    return []
  }

  private mutating func setFilter(_ text: String, _ prompt: Prompt) -> [Effect] {
    do {
      let filter = try LayerFilter(text)
      if let axes = layerResult?.comparison.axes(order: settings.labelOrder),
        filter.indices(of: axes.rows.layers).isEmpty
          || filter.indices(of: axes.columns.layers).isEmpty
      {
        return refuse(prompt, "that hides every row or every column")
      }
      settings.filter = text
      viewport.firstRow = 0
      viewport.firstColumn = 0
      return note(text.isEmpty ? "all layers shown" : "showing \(filterHint(text))")
    } catch {
      return refuse(prompt, error.description)
    }
  }

  private mutating func cancel(_ prompt: Prompt) -> [Effect] {
    switch prompt.purpose {
    case .findLayer:
      crosshair = prompt.crosshair
    case .searchResults:
      listSearch = prompt.original
      return moveListCursor(to: wanted)
    case .filter, .range, .saveRecipe, .openRecipe: break
    }
    return []
  }

  private mutating func chooserKey(_ key: Key, _ chooser: Chooser) -> [Effect] {
    var chooser = chooser
    let matches = chooser.matches
    let page = max(1, terminal.size.height - 8)
    switch key {
    case .escape, .control("c"), .control("g"):
      overlay = nil
      return []
    case .enter:
      overlay = nil
      guard chooser.cursor < matches.count else { return [] }
      return choose(matches[chooser.cursor], chooser.purpose)
    case .up, .control("p"): chooser.cursor -= 1
    case .down, .control("n"), .tab: chooser.cursor += 1
    case .pageUp: chooser.cursor -= page
    case .pageDown: chooser.cursor += page
    default:
      guard chooser.line.apply(key) else { return [] }
      chooser.cursor = 0
    }
    chooser.cursor = max(0, min(chooser.matches.count - 1, chooser.cursor))
    overlay = .chooser(chooser)
    return []
  }

  private mutating func choose(_ item: Chooser.Item, _ purpose: Chooser.Purpose) -> [Effect] {
    switch purpose {
    case .command:
      guard let command = Command.all.first(where: { $0.name == item.value }) else { return [] }
      return run(command)
    case .rows, .columns:
      let models = catalog.grid.models
      guard let index = Int(item.value), index < models.count else { return [] }
      return choose(model: models[index], on: purpose)
    case .difference: return subtract(item)
    }
  }

  private func readerKey(_ key: Key, _ reader: Reader) -> Reader? {
    var reader = reader
    let (page, width) = (max(1, readerRect.height - 3), readerRect.width - 4)
    switch key {
    case .escape, .control("c"), .control("g"), .enter, .function(1): return nil
    case .character("q") where reader.line.text.isEmpty: return nil
    case .character("?") where reader.line.text.isEmpty: return nil
    case .up: reader.top -= 1
    case .down: reader.top += 1
    case .pageUp: reader.top -= page
    case .pageDown: reader.top += page
    case .home: reader.top = 0
    case .end: reader.top = reader.rows(width: width).count
    case .character("/") where reader.line.text.isEmpty: break
    default:
      guard reader.line.apply(key) else { return reader }
      reader.top = 0
    }
    reader.top = max(0, min(reader.rows(width: width).count - page, reader.top))
    return reader
  }
}
