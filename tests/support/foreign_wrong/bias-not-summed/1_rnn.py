# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, b_hidden, b_out = params
    d_U, d_V, d_W, d_b_hidden, d_b_out = [np.zeros_like(param) for param in params]
    d_h_next = np.zeros_like(b_hidden)
    loss = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        d_o = outputs[t].copy()
        d_o -= targets[t]
        assert d_o.shape == b_out.shape
        d_W += d_o @ hidden_states[t].T
        d_b_out = d_o.copy()
        d_h = np.zeros_like(b_hidden)
        d_h += W.T @ d_o
        d_h += d_h_next
        slope = tanh(hidden_states[t].copy(), derivative=True)
        d_f = np.multiply(slope, d_h)
        assert d_f.shape == b_hidden.shape
        d_b_hidden += d_f
        d_U += d_f @ inputs[t].T
        d_V += d_f @ hidden_states[t - 1].T
        d_h_next = (V.T @ d_f).copy()
    return loss, clip_gradient_norm([d_U, d_V, d_W, d_b_hidden, d_b_out])
