import Recipe
import Testing

@testable import Explorer

@Suite("The form, jobs and recipes")
struct FormRecipeTests {
  private let activations = recipe(
    ["my runs/a.npz", "b.npz"],
    [
      (.output, "out.cka.safetensors"), (.layers, "!*.bn*"), (.batchSize, "64"),
      (.kernel, "rbf:0.5"), (.weighting, "samples"), (.patience, "30"),
    ])
  private let models = recipe(
    models: ["A=py:nets.py:small?width=4", "torchvision:resnet18"],
    [
      (.data, "digits"), (.output, "out.cka.safetensors"), (.maxBatches, "3"), (.device, "cpu"),
      (.tokens, "each:4:padded"), (.keepDuplicates, "true"),
    ])
  private let backend = recipe([], [(.backend, "x"), (.output, "o.cka.safetensors")])

  @Test("a recipe fills the form in, and comes out of it again")
  func roundTrip() throws {
    for recipe in [activations, models] {
      #expect(try ComputeForm(recipe)?.recipe() == recipe)
    }
    #expect(ComputeForm(backend) == nil)
  }

  @Test("a text that is none of a field's choices is one more of them, and can be left")
  func foreignChoices() throws {
    var scene = Scene([Sample.pair()], 100, 60)
    scene.send(.jobs(.form(models)))
    scene.change { $0.form.isUnfolded = true }
    #expect(scene.screen.contains("[each:4:padded]"))
    scene.choose(.tokens)
    #expect(try scene.state.form.recipe()[.tokens] == nil, "the default again")
    scene.choose(.tokens, "Left")
    #expect(try scene.state.form.recipe() == models)
  }

  @Test("e in the list of jobs opens the form with what the job was asked to do")
  func edit() throws {
    var scene = Scene(jobsWithCursorOn: JobSample.died)
    scene.press("e")
    #expect(scene.requests.last == .edit(JobSample.died.id))
    scene.send(.jobs(.form(models)))
    #expect(try scene.state.overlay == .form && scene.state.form.recipe() == models)
    scene.send(.jobs(.form(backend)))
    #expect(scene.footer.contains("a backend of your own"))
    #expect(try scene.state.form.recipe() == models)
  }

  @Test("C-s asks for a name, and asks again before it replaces a file")
  func save() {
    var scene = Scene([Sample.pair()])
    scene.press("S C-s")
    #expect(scene.footer.contains("name saved activations first"))
    scene.send(.jobs(.form(activations)))
    scene.press("C-s")
    #expect(scene.footer.contains("save as recipe: out.yaml"))
    #expect(scene.screen.contains("new comparison"), "the form stays behind the question")
    scene.press("Enter")
    #expect(scene.requests.last == .saveRecipe("out.yaml", activations, replacing: false))
    scene.send(.jobs(.recipeExists("out.yaml")))
    #expect(scene.footer.contains("Enter replaces it"))
    scene.type("2")
    scene.press("Enter")
    #expect(scene.requests.last == .saveRecipe("out.yaml2", activations, replacing: false))
    scene.send(.jobs(.recipeExists("out.yaml")))
    scene.press("Enter")
    #expect(scene.requests.last == .saveRecipe("out.yaml", activations, replacing: true))
    #expect(scene.state.overlay == .form)
  }

  @Test("C-o asks for a recipe, whose name Tab completes; Esc goes back to the form")
  func open() {
    var scene = Scene([Sample.pair()])
    scene.press("S C-o")
    scene.type("st")
    scene.press("Tab")
    let request = CompletionRequest(.recipe, "st")
    #expect(scene.requests == [.complete(request)])
    let found = ["study1.yaml", "study2.yaml"].map { Completion($0) }
    scene.send(.jobs(.completions(request, found, problem: nil)))
    #expect(scene.footer.contains("open recipe: study") && scene.footer.contains("study2.yaml"))
    scene.type("1.yaml")
    scene.press("Enter")
    #expect(scene.requests.last == .openRecipe("study1.yaml"))
    scene.press("C-o Esc")
    #expect(scene.state.overlay == .form)
  }
}
