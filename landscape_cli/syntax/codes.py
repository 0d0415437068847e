"""The codes of input errors, for ``landscape explain E030``: permanent, never reused.

A test triggers every code by its ``example``; where the mistake is in a file, the example is the
statement that names the file.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """One kind of mistake: what it is, at length, an example of it, and how to mend it."""

    code: str
    title: str
    explanation: str
    example: str
    remedy: str


_NET = "net 5 -> 2 -> 4"
_SQUARED = "net 5 -> 2 -> 4; loss squared; "
_SYMBOLS = "net d0 -> d1 -> d2; loss squared; "

CODES: tuple[Code, ...] = (
    # --- the text ---
    Code("E001", "a model file can't be read",
         "The file does not exist, is a folder, or may not be read by you.",
         "landscape check missing.landscape", "Check the path and the permissions."),
    Code("E002", "a model file is not UTF-8",
         "Model files are texts in UTF-8; the message names the first byte that can't be one.",
         "landscape check latin1.landscape", "Save the file as UTF-8 in your editor."),
    Code("E003", "a model file is binary",
         "The file has NUL characters, which no text has: it is probably data or a program.",
         "landscape check weights.bin", "Name a model file; data go into `data X = file ...`."),
    Code("E004", "a model file is too large",
         "Model files are small; beyond 16 MB nothing is read, so that a wrong path costs no time.",
         "landscape check dump.landscape", "Keep matrices in files of their own."),
    Code("E005", "no model file found",
         "The folders named have no file that `include` matches (*.landscape) and that neither "
         "`exclude` nor a .gitignore file leaves out.",
         "landscape check empty/",
         "Check the path; --allow-empty if there need not be any; landscape config shows the "
         "settings."),
    Code("E010", "this can't stand here",
         "The text breaks the grammar at this point. The message says what could stand there; the "
         "rest of the statement is skipped, and the next one is read.",
         "net 5 -> 2 loss squared", "Write what the message expects; see the language reference."),
    Code("E011", "unknown statement",
         "A statement starts with one of a fixed list of words, such as net, loss or data.",
         "nett 5 -> 2", "Use the word that the hint names."),
    Code("E012", "a bracket or a block is not closed",
         "Every ( [ { needs its partner; the position is that of the one left alone.",
         "net 5 -> relu(2; loss squared", "Close the bracket, or remove it."),
    Code("E013", "a text in quotes has no end",
         "A text in quotes ends on the line on which it starts.",
         "allow fails because \"known", "Put a quotation mark after the text."),
    Code("E014", "a character without meaning",
         "This character occurs nowhere in the language outside of comments and quotes.",
         "net 5 @ 2", "Replace it as the hint says."),
    Code("E015", "too deep or too long",
         "Brackets may be nested 100 deep and a formula may have 1000 parts; more than that is "
         "taken for a mistake.",
         "net k -> 2; loss squared; assume k >= " + "(" * 101 + "1" + ")" * 101,
         "Write it with fewer brackets, or split it up."),
    Code("E016", "a number is too large to write out",
         "Numbers are exact, so they are limited to 1000 digits and powers of ten up to 1000.",
         "net 5 -> 2; loss huber(1e-999999)", "Round the number."),
    Code("E017", "statements outside of the blocks",
         "A text is either a list of `model NAME { ... }` blocks, or the statements of one model.",
         "model a { net 5 -> 2; loss squared }; loss squared", "Move the statement into a block."),
    Code("E018", "there is no model",
         "The text is empty, or has comments only.",
         "# nothing", "Write at least a net (or a map) and a loss."),
    Code("E019", "too many errors",
         "After 100 errors the rest of the text is not looked at.",
         "x\n" * 101, "Mend the errors shown, and check again."),
    # --- statements ---
    Code("E020", "said twice",
         "A model has one of each of net, map, bias, loss, regularize, subject_to, require, expect "
         "and allow; and no fact, matrix or option is stated twice.",
         f"{_NET}; loss squared; loss absolute", "Remove one of the two."),
    Code("E021", "two models of one name",
         "Reports are by name, so the models of a file need different names.",
         "model a { net 5 -> 2; loss squared }; model a { net 5 -> 2; loss hinge }",
         "Rename one of them."),
    Code("E022", "a model without a map",
         "A model says what is trained: a `net`, or a `map` with its `param` statements.",
         "loss squared", "Add for example: net 5 -> 2 -> 4."),
    Code("E023", "a net and a map",
         "The model map is stated once, as a net or as a map.",
         "net 2 -> 2; param W: 2 x 2; map W; loss squared", "Remove one of them."),
    Code("E024", "a model without a loss",
         "Whether local minima are global depends on the loss, so there is no default.",
         _NET, "Add for example: loss squared."),
    Code("E025", "one name for two things",
         "Params, consts, custom functions and their arguments each need a name of their own.",
         "param W: 2 x 2; const W: 2 x 2; map W; loss squared", "Rename one of them."),
    Code("E026", "a name that can't be used",
         "Some names have a meaning of their own (X, Y, min, rank, relu, ...), so they can't be "
         "given to a width, a matrix or a function.",
         "net X -> 2; loss squared", "Choose another name."),
    # --- widths and layers ---
    Code("E030", "a width of 0",
         "Every layer has at least one unit, every matrix at least one row and column.",
         "net 5 -> 0 -> 4; loss squared", "Write a positive integer or a name."),
    Code("E031", "a negative width",
         "A width counts units.", "net 5 -> -3 -> 4; loss squared",
         "Write a positive integer or a name."),
    Code("E032", "an absurd width",
         "Widths are at most 1000000000; more is taken for a slip.",
         "net 5 -> 10^30 -> 4; loss squared", "Check the number; a name stands for any width."),
    Code("E033", "not a width",
         "A width is a whole number or a name, the first thing in a layer's brackets.",
         "net 5 -> 2.5 -> 4; loss squared",
         "Relations between widths go into `assume`: assume d2 = 2 * d1."),
    Code("E034", "unknown activation",
         "The activation is neither built in nor defined by an `activation` statement.",
         "net 5 -> relux(2) -> 4; loss squared",
         "Use the name in the hint, define it, or use opaque(16, \"what it is\")."),
    Code("E035", "unknown option of a layer",
         "The options are bias, skip, fixed, positive, and the activation's parameters by name.",
         "net 5 -> relu(2, biass) -> 4; loss squared", "Use the option in the hint."),
    Code("E036", "a parameter of an activation",
         "The activation has no such parameter, or the value is out of its range.",
         "net 5 -> elu(2, alpha=-1) -> 4; loss squared", "See `landscape explain elu`."),
    Code("E037", "an option given twice",
         "Each option of a layer is given once.",
         "net 5 -> relu(2, bias, bias) -> 4; loss squared", "Remove one of the two."),
    Code("E038", "contradictory biases",
         "The statement `bias none` or `bias output` contradicts a layer's own option `bias`.",
         "net 5 -> relu(2, bias) -> 4; bias none; loss squared", "Remove one of the two."),
    Code("E039", "skip with unequal widths",
         "`skip` adds the layer's input to its output, so both have the same width; names count "
         "as equal only if they are the same.",
         "net 5 -> linear(3, skip) -> 4; loss squared", "Make the widths equal, or remove skip."),
    Code("E040", "positive without fixed",
         "Only known weights can be known to be positive.",
         "net 5 -> quadratic(2) -> linear(1, positive); loss squared", "Write fixed, positive."),
    Code("E041", "softmax inside the network",
         "softmax is not applied entry by entry; it is allowed in the last layer only.",
         "net 5 -> softmax(2) -> 4; loss cross_entropy", "Use another activation there."),
    Code("E042", "a net without layers",
         "The first item of a net is the input width; each further item is a layer.",
         "net 5; loss squared", "Add a layer: net 5 -> 2."),
    Code("E043", "an opaque layer without a description",
         "An opaque layer stands for something that the theory does not cover, and says what.",
         "net 5 -> opaque(2) -> 4; loss squared", "Write opaque(16, \"conv2d\")."),
    Code("E044", "a wrong bias statement",
         "The forms are bias all, bias none and bias output, and they are about a net.",
         f"{_NET}; bias everywhere; loss squared", "Write bias all, bias none or bias output."),
    # --- losses ---
    Code("E050", "unknown loss",
         "The loss is neither built in nor a class of losses (convex, convex differentiable, "
         "convex smooth, any).",
         f"{_NET}; loss hubber", "Use the name in the hint, or define it: loss l(z, y) = ..."),
    Code("E051", "a loss and its parameter",
         "The loss needs a parameter that is not given, or has none.",
         f"{_NET}; loss quantile", "Write for example loss quantile(1/2)."),
    Code("E052", "a parameter of a loss out of range",
         "0 < tau < 1; delta, p and c are greater than 0; eps is at least 0.",
         f"{_NET}; loss huber(-1)", "Write a value in the range."),
    Code("E053", "unknown regulariser",
         "The regularisers are l2 (half the sum of squares) and l1 (the sum of absolute values).",
         _SQUARED + "regularize l3 1/10", "Write l2 or l1."),
    Code("E054", "a negative strength",
         "A penalty of negative strength would reward large weights.",
         _SQUARED + "regularize l2 -1/10", "Write a strength of at least 0."),
    Code("E055", "the number of strengths",
         "There is one strength for all weight matrices, or one for each trained one.",
         _SQUARED + "regularize l2 1/10, 1/5, 1/2", "Write one, or as many as there are."),
    Code("E056", "a wrong constraint",
         "Constraints are subject_to affine, with the number of equations if it is known, and "
         "subject_to convex.",
         _SQUARED + "subject_to linear", "Write subject_to affine or subject_to convex."),
    # --- maps ---
    Code("E060", "not declared",
         "Every matrix of a map is declared by `param` or `const`; X is the data.",
         "param W: 2 x 2; map W * V; loss squared", "Declare it: param V: 2 x 2."),
    Code("E061", "declared but not used",
         "A declared matrix that does not occur in the map is taken for a slip.",
         "param W: 2 x 2; param V: 2 x 2; map W; loss squared", "Use it, or remove it."),
    Code("E062", "shapes that do not fit",
         "Inner sizes of products agree, terms of sums have the same shape; names are equal only "
         "to themselves.",
         "param W: 2 x 3; param V: 2 x 3; map W * V; loss squared",
         "Change the order, transpose a factor, or correct a size."),
    Code("E063", "not a matrix expression",
         "A map is made of products, sums, transposes and activations; there are no differences, "
         "quotients, powers or numbers.",
         "param W: 2 x 2; map W - W; loss squared", "Put known factors into a `const`."),
    Code("E064", "nothing is trained",
         "A map has at least one parameter.",
         "const C: 2 x 2; map C * X; loss squared", "Declare one: param W: 2 x 2."),
    Code("E065", "X of unknown size",
         "The rows of X follow from the matrix that X is multiplied by.",
         "param W: 2 x 2; map X * W; loss squared; data samples 2", "Multiply X by a matrix."),
    # --- custom functions ---
    Code("E070", "unknown function",
         "The functions of custom losses and activations are exp, log, sqrt, abs, max, min, sign, "
         "tanh, sinh, cosh, sin, cos, arctan, erf, sigmoid, softplus and piecewise.",
         f"{_NET}; loss l(z, y) = expp(z - y)", "Use the name in the hint."),
    Code("E071", "a wrong number of arguments",
         "max and min have two or more arguments, piecewise has a value and a condition for each "
         "piece and a value otherwise, the others have one argument.",
         f"{_NET}; loss l(z, y) = exp(z, y)", "See the function's form in the message."),
    Code("E072", "unknown name in a custom function",
         "The expression may use the function's own arguments, pi, and parameters: real numbers "
         "whose range is stated by `assume` (assume 0 < a and a < 1).",
         f"{_NET}; loss l(z, y) = (z - t)^2",
         "Use the names in brackets before the `=`, or state the range of the parameter."),
    Code("E073", "a power",
         "Exponents are rational numbers, at most 1000 in size.",
         f"{_NET}; loss l(z, y) = 2^(z - y)", "Write exp(a * log(b))."),
    Code("E074", "a condition",
         "Conditions are single comparisons, and stand in `piecewise` only.",
         f"{_NET}; loss l(z, y) = piecewise(z, y, 0)", "Write piecewise(z, z > y, 0)."),
    Code("E075", "the arguments of a custom function",
         "A custom loss has the output and the target as its arguments, an activation has one.",
         f"{_NET}; loss l(z) = z^2", "Write loss l(z, y) = ..., activation s(t) = ..."),
    Code("E076", "division by zero",
         "Numbers are exact, and no number has a zero denominator.",
         _SQUARED + "regularize l2 1/0", "Correct the denominator."),
    Code("E077", "a wrong declaration",
         "`declare` vouches for properties of a custom loss or activation: continuous, "
         "strictly_monotone, differentiable, smooth, convex.",
         f"{_NET}; loss l(z, y) = (z - y)^2; declare l convexx", "Use the word in the hint."),
    # --- data ---
    Code("E080", "unknown statement about data",
         "Data statements name properties of X and Y, their values, the weights of a loss, the "
         "matrices of fixed layers, and the number of samples.",
         _SQUARED + "data X full_rov_rank", "Use the word in the hint."),
    Code("E081", "data that contradict each other",
         "No data satisfy all that is stated: for example X of full column rank with more samples "
         "than inputs.",
         _SQUARED + "data X full_column_rank, samples 6", "Correct one of the statements."),
    Code("E082", "a matrix of the wrong shape",
         "X is d0 x n, Y and the weights of a loss are as large as the output; a given matrix "
         "needs sizes that are numbers.",
         _SQUARED + "data X = [[1, 2]]", "Correct the matrix or the sizes."),
    Code("E083", "a malformed matrix",
         "A matrix is a list of rows of the same length, each with at least one number.",
         _SQUARED + "data X = [[1, 2], [3]]", "Complete the short row."),
    Code("E084", "values that the loss excludes",
         "Labels are -1 or 1, targets of cross_entropy are distributions, those of poisson at "
         "least 0, weights positive (masked_squared: 0 or 1).",
         "net 1 -> 1; loss logistic; data Y = [[0]]", "Correct the values, or the loss."),
    Code("E085", "data that the model has no use for",
         "The loss has no weights, the layer is trained, the map has no X.",
         _SQUARED + "data weights = [[1]]", "Remove the statement, or correct the model."),
    # --- data files ---
    Code("E090", "a data file can't be read",
         "The file does not exist, is a folder, or may not be read; paths are relative to the "
         "model file.",
         _SQUARED + "data X = file \"missing.npy\"", "Check the path."),
    Code("E091", "a data file in an unknown or broken format",
         "Data files are .npy, .npz, .csv, .json and .safetensors, with real numbers in one or two "
         "dimensions; the file is something else, or is cut off.",
         _SQUARED + "data X = file \"x.xlsx\"", "Save the matrix again, as .npy for example."),
    Code("E092", "a pickle is not opened",
         "A pickle can run any code when it is opened, so it never is.",
         _SQUARED + "data X = file \"x.pkl\"",
         "Save plain numbers: numpy.save(file, array.astype(float))."),
    Code("E093", "a value that is no number",
         "Data are exact numbers; NaN and infinity are none.",
         _SQUARED + "data X = file \"nan.csv\"", "Remove or replace the value."),
    Code("E094", "a data file that is too large",
         "At most 64 MB (also after unpacking) and a million entries are read.",
         _SQUARED + "data X = file \"large.npy\"", "Use a smaller sample of the data."),
    Code("E095", "which array of the file",
         "A .npz or .safetensors file holds arrays by name; say which one unless there is only "
         "one, or it has the name of the matrix.",
         _SQUARED + "data X = file \"two.npz\"", "Write file \"two.npz\" key \"name\"."),
    # --- assumptions ---
    Code("E100", "nothing satisfies the assumptions",
         "No positive widths, number of samples and ranks satisfy all assumptions and what is "
         "stated about the data; a verdict about no model at all would mean nothing.",
         _SYMBOLS + "assume d1 >= 3 and d1 <= 2", "Correct the assumption."),
    Code("E101", "not linear",
         "Assumptions are linear: names are added, compared, and multiplied by numbers. A product "
         "of names is decided where all names but one are numbers: k * (k + 1) > 2 * m with "
         "`assume m = 10` is k >= 5.",
         _SYMBOLS + "assume d1 * d2 >= 3", "Give all names but one: assume d2 = 10."),
    Code("E102", "unknown width or symbol",
         "Assumptions are about the names in the net or in the shapes, n, rank(X) and rank(Y).",
         _SYMBOLS + "assume d3 >= 3", "Use a name of the net."),
    Code("E103", "not a condition",
         "An assumption is true or false: a comparison, or several joined by and, or, not.",
         _SYMBOLS + "assume d1", "Compare it: assume d1 >= d0."),
    Code("E104", "sizes and parameters in one condition",
         "Widths and numbers of samples are integers, the parameters of custom functions are real "
         "numbers; a condition speaks of one or the other.",
         f"{_SYMBOLS}loss l(z, y) = a*(z - y)^2; assume a < d0".replace("loss squared; ", ""),
         "State the range of the parameter by numbers: assume a > 0."),
    # --- points ---
    Code("E110", "a point without one of its matrices",
         "A point gives all of W1 ... Wh, the b1 ... bh of layers with a bias, or all params.",
         _SQUARED + "at W1 = [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]", "Add the matrix."),
    Code("E111", "a point with a matrix too many",
         "The model has no matrix of this name, or it is fixed and given by `data`.",
         _SQUARED + "at V = [[1]]", "Remove it, or correct its name."),
    Code("E112", "a point of the wrong shape",
         "W2 is (width of layer 2) x (width of layer 1), b2 a column.",
         _SQUARED + "at W1 = [[1]], W2 = [[1]]", "Correct the matrix."),
    Code("E113", "a point in a model with open widths",
         "A point needs a model whose widths are numbers.",
         "net k -> 2; loss squared; at W1 = [[1], [1]]", "Write numbers for the names."),
    Code("E115", "no point to look at",
         "`landscape point` needs the weights of a point: `at W1 = ...` in the model, or a file.",
         "landscape point 'net 2 -> 1 -> 2; loss squared'", "Add `at`, or use --weights FILE."),
    Code("E116", "the data of a point are missing",
         "The loss at a point needs X and Y (or X identity, and what the loss needs).",
         "landscape point 'net 2 -> 1; loss squared; at W1 = [[1, 0]]'",
         "Add `data X = ..., Y = ...`."),
    Code("E118", "this can't be done at this point",
         "--lift and --tolerance are for products of matrices, and a lift has the product's shape.",
         "landscape point relu.landscape --lift Z.npy", "See landscape point --help."),
    # --- what is asked ---
    Code("E120", "unknown property",
         "The properties are local_is_global (the default) and strict_saddle.",
         _SQUARED + "require strict_saddles", "Use the word in the hint."),
    Code("E121", "unknown verdict",
         "The verdicts are holds, fails, depends, conditional and unknown.",
         _SQUARED + "expect hold", "Use the word in the hint."),
    Code("E122", "a waiver without a reason",
         "`allow` is shown with its reason in every report, so it has one.",
         _SQUARED + "allow fails because \"\"", "Write the reason."),
    Code("E123", "unknown theorem",
         "`expect ... by` names a theorem or a counterexample family of the catalogue.",
         "landscape ask 'net 5 -> 2; loss squared; expect holds by convex-problm'",
         "Use the name in the hint; landscape theorems lists them."),
    Code("E128", "a day that is none",
         "A waiver may end: `until 2027-01-31` names its last day, as year, month and day.",
         _SQUARED + "allow fails because \"known\" until 2027-02-30", "Write a day that exists."),
    # --- pictures ---
    Code("E130", "a picture that can't be drawn",
         "A picture needs an instance of moderate size, and a file whose suffix is known.",
         "landscape plot 'net 2 -> 1 -> 2; loss huber(1)' -o picture.docx",
         "The hint says what to change; see landscape plot --help."),
    # --- what a command needs ---
    Code("E131", "a package that is not installed",
         "Some commands need more than the plain installation: hunt needs NumPy, plot NumPy and "
         "matplotlib (with Pillow). All else works without them.",
         "landscape hunt 'net 2 -> tanh(2) -> 1; loss squared'",
         "Install the extra in the hint, such as landscape-cli[plot]."),
    Code("E132", "a model in which nothing can be hunted",
         "A hunt certifies small networks with the squared loss (or a class that contains it): "
         "two layers with a smooth activation, or any depth with piecewise-linear ones.",
         "landscape hunt 'net 2 -> 1 -> 2; loss huber(1)'",
         "Ask landscape counterexample, which builds an instance where one is known."),
    # --- what landscape check is told ---
    Code("E140", "a configuration file can't be read",
         "landscape.toml and [tool.landscape] in pyproject.toml are TOML, in UTF-8.",
         "landscape check --config broken.toml models/", "Mend the file at the place shown."),
    Code("E141", "unknown setting",
         "A configuration file has a key that is no setting; landscape config lists them all.",
         "landscape check --config misspelt.toml models/", "Use the name in the hint."),
    Code("E142", "a value that a setting can't have",
         "Each setting has values of one kind, such as a list of patterns, or true and false.",
         "landscape check --fail-on fials models/", "Use a value that the message names."),
    Code("E143", "a baseline can't be used",
         "A baseline is the JSON file that --update-baseline writes.",
         "landscape check --baseline missing.json models/",
         "Write it with --update-baseline, and keep it in the repository."),
    Code("E144", "nothing to compare with",
         "--diff compares with a commit of the git repository of the working folder.",
         "landscape check --diff no-such-branch models/",
         "Name a branch, a tag or a commit that git knows; in CI, fetch it first."),
    # --- lessons ---
    Code("E150", "a lesson file that can't be used",
         "Lessons are Markdown files with blocks for models, points, changes and questions; the "
         "README beside the lessons describes them.",
         "landscape tour --lessons folder", "Mend the line that the message names."),
    Code("E151", "a lesson says what is not so",
         "A verdict, a number or a name in a lesson is not what the engine says.",
         "landscape tour --check --lessons folder",
         "Correct the lesson; the message has the engine's answer."),
)  # fmt: skip


def code(name: str) -> Code | None:
    """The entry of a code, in any case (``e030``); ``None`` if there is none."""
    wanted = name.upper()
    return next((entry for entry in CODES if entry.code == wanted), None)
