# %% rnn-forward
def forward_pass(inputs, hidden_state, params):
    U, V, W, b_hidden, b_out = params
    outputs, hidden_states = [], []
    for x in inputs:
        h = tanh(U @ x + V @ hidden_state + b_hidden)
        out = softmax(W @ h + b_out)
        hidden_states.append(h)
        outputs.append(out)
    return outputs, hidden_states
